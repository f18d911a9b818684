import assert from 'node:assert/strict';
import { eventually } from '@t8s/testkit';
import type { ClusterUnderTest } from '../../lab/cluster-under-test.ts';
import { kill } from '../../lab/kill.ts';
import { type Lesson, lesson, patience, sleeper } from './lesson.ts';

/** What befalls whole nodes: not beside other lessons. */
export function maintenance(cluster: ClusterUnderTest): void {
  lesson(cluster, { name: 'a node is cordoned, drained, and used again', namespace: 'drains' }, async (lesson) => {
    await lesson.apply(daemonSet, deployment('blue', 4), pod('alone'), budget(4));
    await lesson.say('rollout status deployment/blue');
    await lesson.say('rollout status ds/agent');
    assert.match(await lesson.say('get pdb blue --no-headers'), /^blue +4 +N\/A +0 /);

    assert.equal(await lesson.say('cordon node-1'), 'node/node-1 cordoned\n');
    assert.match(await lesson.say('get nodes'), /^node-1 +Ready,SchedulingDisabled /m);
    assert.equal(await lesson.sayBy('bundled', 'cordon node-1'), 'node/node-1 already cordoned\n');
    await lesson.shows('describe node node-1', /NodeNotSchedulable .* Node node-1 status is now: NodeNotSchedulable$/m);
    const before = await podsOf(lesson);
    assert.ok(
      before.some(({ node, name }) => node === 'node-1' && name.startsWith('blue')),
      'some of the four are on it',
    );
    assert.match(
      await lesson.fails('drain node-1'),
      /cannot delete .*declare no controller .*drains\/alone|cannot delete DaemonSet-managed Pods/s,
    );
    // Nobody may go as long as all are needed: it tries again until it may no longer.
    const refused = await lesson.fails('drain node-1 --ignore-daemonsets --force --pod-selector=app=blue --timeout=8s');
    assert.match(refused, /Cannot evict pod as it would violate the pod's disruption budget\./);
    await lesson.apply(budget(3));
    await lesson.waitFor('pdb/blue', 'jsonpath={.status.disruptionsAllowed}=1');
    const said = await lesson.say('drain node-1 --ignore-daemonsets --force --delete-emptydir-data');
    assert.match(said, /^evicting pod drains\/blue-\S+$/m);
    assert.match(said, /^pod\/alone evicted$/m);
    assert.match(said, /^node\/node-1 (drained|evicted)$/m);
    await lesson.say('rollout status deployment/blue');
    for (const { name, node } of await podsOf(lesson)) assert.ok(node !== 'node-1' || name.startsWith('agent-'), `${name} on ${node}`);

    assert.equal(await lesson.say('uncordon node-1'), 'node/node-1 uncordoned\n');
    await lesson.say('scale deployment/blue --replicas=8');
    await lesson.say('rollout status deployment/blue');
    assert.ok((await podsOf(lesson)).some(({ name, node }) => node === 'node-1' && name.startsWith('blue')));
  });

  lesson(cluster, { name: 'a node whose kubelet died is NotReady, and its pods come elsewhere', namespace: 'failures' }, async (lesson) => {
    const tolerations = ['not-ready', 'unreachable'].map((why) => ({
      key: `node.kubernetes.io/${why}`,
      operator: 'Exists',
      effect: 'NoExecute',
      tolerationSeconds: 2,
    }));
    await lesson.apply(deployment('red', 4, { tolerations }), daemonSet);
    await lesson.say('rollout status deployment/red');
    const before = await podsOf(lesson);
    const lost = before.filter(({ name, node }) => node === 'node-2' && name.startsWith('red')).map(({ name }) => name);
    assert.ok(lost.length > 0);
    kill(cluster.process('supervisor').pid);
    kill(cluster.process('node-2.kubelet').pid);
    try {
      await lesson.waitFor('node/node-2', 'condition=Ready=Unknown');
      assert.match(await lesson.say('get nodes'), /^node-2 +NotReady /m);
      assert.match(
        await lesson.say('describe node node-2'),
        /^ {2}Ready +Unknown .* NodeStatusUnknown +Kubelet stopped posting node status\.$/m,
      );
      for (const name of lost) await lesson.waitFor(`pod/${name}`, 'jsonpath={.metadata.deletionGracePeriodSeconds}=1');
      await lesson.say('rollout status deployment/red');
      const now = await podsOf(lesson);
      for (const { name, node } of now)
        assert.ok(node !== 'node-2' || lost.includes(name) || name.startsWith('agent-'), `${name} on ${node}`);
      await lesson.shows('get events --field-selector reason=TaintManagerEviction', /Marking for deletion Pod failures\/red-/);
      const counts = await lesson.words('{.items[*].count}', 'get events --field-selector reason=TaintManagerEviction');
      assert.deepEqual([...new Set(counts)], ['1'], 'each pod once');
    } finally {
      await cluster.up();
    }
    await lesson.waitFor('node/node-2', 'condition=Ready');
    // The kubelet that is back ends what it was told to end.
    for (const name of lost) await lesson.waitFor(`pod/${name}`, 'delete');
    await eventually(async () => assert.match(await lesson.say('get ds agent --no-headers'), /^agent +3 +3 +3 /), patience);
  });
}

async function podsOf(lesson: Lesson): Promise<{ name: string; node: string }[]> {
  const words = await lesson.words('{range .items[*]}{.metadata.name}={.spec.nodeName} {end}', 'get pods');
  return words.map((word) => ({ name: word.split('=')[0] ?? '', node: word.split('=')[1] ?? '' }));
}

const pod = (name: string): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: sleeper({ nodeName: 'node-1' }),
});

const workload = (kind: string, name: string, spec: object, more: object = {}): object => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name },
  spec: { ...spec, selector: { matchLabels: { app: name } }, template: { metadata: { labels: { app: name } }, spec: sleeper(more) } },
});

const deployment = (name: string, replicas: number, more: object = {}): object => workload('Deployment', name, { replicas }, more);

const daemonSet = workload('DaemonSet', 'agent', {});

const budget = (minAvailable: number): object => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'blue' },
  spec: { minAvailable, selector: { matchLabels: { app: 'blue' } } },
});
