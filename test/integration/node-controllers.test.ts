/** Nodes closed, emptied and tainted by kubectl (the oldest, the newest and the bundled one), with real controllers and a scheduler. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventKind, nodeKind, podKind } from '@t8s/api';
import { eventually } from '@t8s/testkit';
import { startWorkloads, type Workloads } from './workload-clients.ts';

let workloads: Workloads;
before(async () => {
  workloads = await startWorkloads({ nodes: 6 });
});
after(() => workloads.stop());

const manifests = (of: string): string => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template: {metadata: {labels: {app: web}}, spec: {nodeSelector: {of: ${of}}, containers: [{name: c, image: v1}]}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web}
spec: {minAvailable: 3, selector: {matchLabels: {app: web}}}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  template: {metadata: {labels: {app: agent}}, spec: {nodeSelector: {of: ${of}}, containers: [{name: c, image: v1}]}}
---
apiVersion: v1
kind: Pod
metadata: {name: alone}
spec: {nodeSelector: {of: ${of}}, containers: [{name: c, image: v1}]}
`;

test('cordon, drain, uncordon and taint', async () => {
  const { admin } = workloads.cluster.api;
  let taken = 0;
  await workloads.each('nodes', async (kubectl, namespace, refused) => {
    const [first, second] = [`node-${taken++}`, `node-${taken++}`];
    const placed = (app: string, ...expected: string[]): Promise<void> =>
      eventually(async () => {
        const { items } = await admin.resource(podKind).list({ namespace, labelSelector: `app=${app}` });
        assert.deepEqual(
          items.map((pod) => `${pod.spec.nodeName} ${pod.status?.phase}`).sort(),
          expected.map((node) => `${node} Running`),
        );
      }, 20_000);
    await kubectl(`label node ${first} ${second} of=${namespace}`);
    assert.equal(await kubectl(`cordon ${second}`), `node/${second} cordoned\n`);
    assert.equal(await kubectl(`cordon ${second}`), `node/${second} already cordoned\n`);
    assert.match(await kubectl(`get node ${second}`), / Ready,SchedulingDisabled /);
    await eventually(async () => {
      const { spec } = await admin.resource(nodeKind).get({ name: second });
      assert.deepEqual([spec.taints?.[0]?.key, spec.taints?.[0]?.effect], ['node.kubernetes.io/unschedulable', 'NoSchedule']);
    });
    await kubectl('apply -f -', manifests(namespace));
    await placed('web', first, first, first);
    await placed('agent', first, second);
    assert.equal(await kubectl(`uncordon ${second}`), `node/${second} uncordoned\n`);

    const without = await refused(`drain ${first}`);
    assert.match(without, /error: unable to drain node "node-\d" due to error: ?\[?/);
    assert.match(
      without,
      new RegExp(`cannot delete DaemonSet-managed Pods \\(use --ignore-daemonsets to ignore\\): ${namespace}/agent-\\w{5}`),
    );
    assert.match(without, new RegExp(`\\(use --force to override\\): ${namespace}/alone`));
    const blocked = await refused(`drain ${first} --ignore-daemonsets --force --timeout=3s --pod-selector=app=web`);
    assert.match(
      blocked,
      new RegExp(
        `error when evicting pods/"web-\\S+" -n "${namespace}" \\(will retry after 5s\\): Cannot evict pod as it would violate the pod's disruption budget\\.`,
      ),
    );
    assert.match(blocked, new RegExp(`error when evicting pods/"web-\\S+" -n "${namespace}": global timeout reached: 3s`));
    await placed('web', first, first, first);
    await kubectl('patch pdb web -p {"spec":{"minAvailable":1}}');
    const drained = await kubectl(`drain ${first} --ignore-daemonsets --force`);
    assert.match(drained, /^node\/node-\d already cordoned\n/);
    assert.match(drained, new RegExp(`evicting pod ${namespace}/alone\n`));
    assert.match(drained, /pod\/alone evicted\n/);
    assert.equal(drained.match(/pod\/web-\S+ evicted\n/g)?.length, 3);
    assert.match(drained, /node\/node-\d drained\n$/);
    await placed('web', second, second, second);
    await placed('agent', first, second);
    await eventually(async () => assert.match(await kubectl('get pdb web'), /\nweb +1 +N\/A +2 +\d+m?\d*s?\n$/), 20_000);

    assert.equal(await kubectl(`uncordon ${first}`), `node/${first} uncordoned\n`);
    assert.equal(await kubectl(`taint nodes ${second} broken=disk:NoExecute`), `node/${second} tainted\n`);
    await placed('web', first, first, first);
    await placed('agent', first);
    assert.match(
      await refused(`taint nodes ${second} broken=disk:NoExecute`),
      /already has broken taint\(s\) with same effect\(s\) and --overwrite is false/,
    );
    assert.equal(await kubectl(`taint nodes ${second} broken=fan:NoExecute --overwrite`), `node/${second} modified\n`);
    const { items } = await admin.resource(eventKind).list({ namespace, fieldSelector: 'reason=TaintManagerEviction' });
    assert.ok(items.some(({ message = '' }) => /^Marking for deletion Pod \S+\/web-\S+$/.test(message)));
    assert.equal(await kubectl(`taint nodes ${second} broken:NoExecute-`), `node/${second} untainted\n`);
    await placed('agent', first, second);
  });
});
