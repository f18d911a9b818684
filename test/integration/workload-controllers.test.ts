/** The controllers of workloads on a real apiserver, as kubectl shows them: the oldest, the newest and the bundled one. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  deploymentKind,
  namespaceKind,
  nodeKind,
  type Pod,
  type PodTemplateSpec,
  persistentVolumeClaimKind,
  podKind,
  serviceAccountKind,
  statefulSetKind,
} from '@t8s/api';
import { Informer } from '@t8s/informer';
import { silentLogger } from '@t8s/telemetry';
import { eventually } from '@t8s/testkit';
import { startWorkloads, type Workloads } from './workload-clients.ts';

let workloads: Workloads;
before(async () => {
  workloads = await startWorkloads();
});
after(() => workloads.stop());

const web = `
apiVersion: v1
kind: Service
metadata: {name: nginx, labels: {app: nginx}}
spec: {clusterIP: None, ports: [{port: 80, name: web}], selector: {app: nginx}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: web}
spec:
  serviceName: nginx
  replicas: 2
  selector: {matchLabels: {app: nginx}}
  template:
    metadata: {labels: {app: nginx}}
    spec:
      containers:
      - {name: nginx, image: "nginx:1", volumeMounts: [{name: www, mountPath: /usr/share/nginx/html}]}
  volumeClaimTemplates:
  - metadata: {name: www}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
`;

test('the tutorial of stateful sets', async () => {
  await workloads.each('sts', async (kubectl, namespace) => {
    const { admin } = workloads.cluster.api;
    const rolledOut = async (pods: number): Promise<void> => {
      const said = await kubectl('rollout status sts/web');
      assert.match(said, new RegExp(`partitioned roll out complete: ${pods} new pods have been updated...\n$`));
    };
    const imagesAre = (...expected: string[]): Promise<void> =>
      eventually(async () => {
        const { items } = await admin.resource(podKind).list({ namespace });
        const found = items.map(({ metadata, spec }) => `${metadata.name}=${spec.containers[0]?.image}`);
        assert.deepEqual(found, expected);
      }, 20_000);
    assert.equal(await kubectl('apply -f -', web), 'service/nginx created\nstatefulset.apps/web created\n');
    await rolledOut(2);
    assert.equal(await kubectl('scale sts web --replicas=3'), 'statefulset.apps/web scaled\n');
    await rolledOut(3);
    assert.match(await kubectl('get sts web'), /^NAME +READY +AGE\nweb +3\/3 +\d+s\n$/);
    assert.equal(await kubectl('get pvc -o name'), [0, 1, 2].map((i) => `persistentvolumeclaim/www-web-${i}\n`).join(''));
    const pod = await admin.resource(podKind).get({ namespace, name: 'web-1' });
    assert.deepEqual(
      [pod.spec.hostname, pod.spec.subdomain, pod.metadata.labels?.['apps.kubernetes.io/pod-index']],
      ['web-1', 'nginx', '1'],
    );

    const partition = (n: number): string => `{"spec":{"updateStrategy":{"rollingUpdate":{"partition":${n}}}}}`;
    assert.equal(await kubectl(`patch sts web -p ${partition(2)}`), 'statefulset.apps/web patched\n');
    assert.equal(await kubectl('set image sts/web nginx=nginx:2'), 'statefulset.apps/web image updated\n');
    await rolledOut(1);
    await kubectl('delete pod web-1');
    await imagesAre('web-0=nginx:1', 'web-1=nginx:1', 'web-2=nginx:2');
    await kubectl(`patch sts web -p ${partition(0)}`);
    await rolledOut(3);
    await imagesAre('web-0=nginx:2', 'web-1=nginx:2', 'web-2=nginx:2');
    assert.equal(
      await kubectl('rollout history sts/web'),
      'statefulset.apps/web \nREVISION  CHANGE-CAUSE\n1         <none>\n2         <none>\n\n',
    );
    assert.match(await kubectl('rollout history sts/web --revision=1'), /Image:\s+nginx:1\n/);
    assert.equal(await kubectl('rollout undo sts/web'), 'statefulset.apps/web rolled back\n');
    await rolledOut(3);
    await imagesAre('web-0=nginx:1', 'web-1=nginx:1', 'web-2=nginx:1');
    assert.match(await kubectl('rollout history sts/web'), /\n2 +<none>\n3 +<none>\n/);
    assert.match(
      await kubectl('describe sts web'),
      / Normal +SuccessfulDelete +\S+ .*statefulset-controller +delete Pod web-2 in StatefulSet web successful\n/,
    );
    assert.match(await kubectl('describe sts web'), /SuccessfulCreate .*create Claim www-web-0 Pod web-0 in StatefulSet web success\n/);

    assert.match(await kubectl('delete sts web --cascade=orphan'), /^statefulset.apps "web" deleted/);
    await kubectl('delete pod web-0');
    await imagesAre('web-1=nginx:1', 'web-2=nginx:1');
    const left = await admin.resource(podKind).get({ namespace, name: 'web-1' });
    assert.equal(left.metadata.ownerReferences, undefined);
    assert.equal(await kubectl('apply -f -', web), 'service/nginx unchanged\nstatefulset.apps/web created\n');
    await rolledOut(2);
    const { metadata: set } = await admin.resource(statefulSetKind).get({ namespace, name: 'web' });
    const adopted = await admin.resource(podKind).get({ namespace, name: 'web-1' });
    assert.deepEqual([adopted.metadata.uid, adopted.metadata.ownerReferences?.[0]?.uid], [left.metadata.uid, set.uid]);
    assert.equal(await kubectl('rollout restart sts/web'), 'statefulset.apps/web restarted\n');
    await rolledOut(2);
    await kubectl('delete sts web');
    await imagesAre();
    assert.equal((await kubectl('get pvc -o name')).split('\n').length, 4, 'the claims stay');
  });
});

/** Its pods would run on nodes that nobody has ever heard of. */
const template = (app: string): string =>
  `template: {metadata: {labels: {app: ${app}}}, spec: {containers: [{name: c, image: v1}], tolerations: [{operator: Exists}]}}`;
const deployment = (replicas: number): string => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: front, annotations: {kubernetes.io/change-cause: first}}
spec:
  replicas: ${replicas}
  strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 1}}
  selector: {matchLabels: {app: front}}
  ${template('front')}
`;
const controller = `
apiVersion: v1
kind: ReplicationController
metadata: {name: hello}
spec: {replicas: 2, selector: {app: hello}, ${template('hello')}}
`;
const daemonSet = `
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent, annotations: {kubernetes.io/change-cause: first}}
spec: {selector: {matchLabels: {app: agent}}, ${template('agent')}}
`;

test('deployments: rollout, causes, pause and resume, back to the first', async () => {
  await workloads.each('deploy', async (kubectl) => {
    const rolledOut = async (): Promise<void> =>
      assert.match(await kubectl('rollout status deploy/front'), /deployment "front" successfully rolled out\n$/);
    assert.equal(await kubectl('apply -f -', deployment(3)), 'deployment.apps/front created\n');
    await rolledOut();
    await kubectl('set image deploy/front c=v2');
    await kubectl('annotate deploy front kubernetes.io/change-cause=second --overwrite');
    await rolledOut();
    assert.equal(await kubectl('rollout pause deploy/front'), 'deployment.apps/front paused\n');
    await kubectl('set image deploy/front c=broken');
    await kubectl('set image deploy/front c=v3');
    await kubectl('scale deploy front --replicas=4');
    assert.equal(await kubectl('rollout resume deploy/front'), 'deployment.apps/front resumed\n');
    await kubectl('annotate deploy front kubernetes.io/change-cause=third --overwrite');
    await rolledOut();
    assert.equal(
      await kubectl('rollout history deploy/front'),
      'deployment.apps/front \nREVISION  CHANGE-CAUSE\n1         first\n2         second\n3         third\n\n',
    );
    assert.equal(await kubectl('rollout undo deploy/front --to-revision=1'), 'deployment.apps/front rolled back\n');
    await rolledOut();
    assert.match(await kubectl('rollout history deploy/front'), /\n2 +second\n3 +third\n4 +first\n/);
    assert.match(await kubectl('get deploy front'), /\nfront +4\/4 +4 +4 +\d+s\n$/);
    const described = await kubectl('describe deploy front');
    assert.match(described, /Replicas: +4 desired \| 4 updated \| 4 total \| 4 available \| 0 unavailable\n/);
    assert.match(described, / Available +True +MinimumReplicasAvailable\n/);
    assert.match(described, / Progressing +True +NewReplicaSetAvailable\n/);
    assert.match(described, /OldReplicaSets: +front-\w+ \(0\/0 replicas created\), front-\w+ \(0\/0 replicas created\)\n/);
    assert.match(described, /ScalingReplicaSet .*deployment-controller +Scaled up replica set front-\w+ from 0 to 3\n/);
  });
});

test('replication controllers: scaled, described, left behind and taken up again', async () => {
  await workloads.each('rc', async (kubectl, namespace) => {
    const { admin } = workloads.cluster.api;
    const podsOf = async (): Promise<Pod[]> => (await admin.resource(podKind).list({ namespace })).items;
    const ready = (n: number): Promise<void> =>
      eventually(async () => assert.match(await kubectl('get rc hello'), new RegExp(`\nhello +${n} +${n} +${n} +\\d+s\n$`)), 20_000);
    assert.equal(await kubectl('apply -f -', controller), 'replicationcontroller/hello created\n');
    assert.equal(await kubectl('scale rc hello --replicas=3'), 'replicationcontroller/hello scaled\n');
    await ready(3);
    const described = await kubectl('describe rc hello');
    assert.match(described, /Replicas: +3 current \/ 3 desired\nPods Status: +3 Running \/ 0 Waiting \/ 0 Succeeded \/ 0 Failed\n/);
    assert.match(described, /SuccessfulCreate .*replication-controller +Created pod: hello-\w{5}\n/);
    const uids = (await podsOf()).map(({ metadata }) => metadata.uid).sort();
    await kubectl('delete rc hello --cascade=orphan');
    await eventually(async () => assert.equal((await podsOf()).flatMap(({ metadata }) => metadata.ownerReferences ?? []).length, 0));
    await kubectl('apply -f -', controller.replace('replicas: 2', 'replicas: 3'));
    await ready(3);
    assert.deepEqual((await podsOf()).map(({ metadata }) => metadata.uid).sort(), uids);
    await kubectl('delete rc hello');
    await eventually(async () => assert.deepEqual(await podsOf(), []), 20_000);
  });
});

test('daemon sets: on each node, rolled out and back', async () => {
  const { admin } = workloads.cluster.api;
  for (const name of ['node-0', 'node-1', 'node-2']) await admin.resource(nodeKind).create({ metadata: { name }, spec: {} });
  await workloads.each('ds', async (kubectl, namespace) => {
    const rolledOut = async (): Promise<void> =>
      assert.match(await kubectl('rollout status ds/agent'), /daemon set "agent" successfully rolled out\n$/);
    assert.equal(await kubectl('apply -f -', daemonSet), 'daemonset.apps/agent created\n');
    await rolledOut();
    await kubectl('annotate ds agent kubernetes.io/change-cause=second --overwrite');
    await kubectl('set image ds/agent c=v2');
    await rolledOut();
    assert.equal(
      await kubectl('rollout history ds/agent'),
      'daemonset.apps/agent \nREVISION  CHANGE-CAUSE\n1         first\n2         second\n\n',
    );
    assert.equal(await kubectl('rollout undo ds/agent'), 'daemonset.apps/agent rolled back\n');
    await rolledOut();
    const { items } = await admin.resource(podKind).list({ namespace });
    assert.deepEqual(
      items.map(({ spec }) => spec.containers[0]?.image),
      ['v1', 'v1', 'v1'],
    );
    assert.equal(await kubectl('rollout restart ds/agent'), 'daemonset.apps/agent restarted\n');
    await rolledOut();
    const described = await kubectl('describe ds agent');
    assert.match(described, /Desired Number of Nodes Scheduled: 3\nCurrent Number of Nodes Scheduled: 3\n/);
    assert.match(described, /SuccessfulDelete .*daemonset-controller +Deleted pod: agent-\w{5}\n/);
    assert.match(await kubectl('get ds agent'), /\nagent +3 +3 +3 +3 +3 +<none> +\d+s\n$/);
  });
});

test('claims go with the pod that is scaled away, and with the set', async () => {
  const { admin } = workloads.cluster.api;
  const namespace = 'claims';
  await admin.resource(namespaceKind).create({ metadata: { name: namespace }, spec: {} });
  await eventually(() => admin.resource(serviceAccountKind).get({ namespace, name: 'default' }), 20_000);
  const ref = { namespace, name: 'web' };
  const claimsAre = (...expected: string[]): Promise<void> =>
    eventually(async () => {
      const { items } = await admin.resource(persistentVolumeClaimKind).list({ namespace });
      assert.deepEqual(
        items.map(({ metadata }) => metadata.name),
        expected,
      );
    }, 30_000);
  await admin.resource(statefulSetKind).create({
    metadata: ref,
    spec: {
      replicas: 2,
      podManagementPolicy: 'Parallel',
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'v1' }] } },
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Delete' },
      volumeClaimTemplates: [
        { metadata: { name: 'www' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
      ],
    },
  });
  await claimsAre('www-web-0', 'www-web-1');
  const scale = (replicas: number): Promise<unknown> =>
    admin.resource(statefulSetKind).patch(ref, { type: 'merge', body: { spec: { replicas } } });
  await scale(1);
  await claimsAre('www-web-0');
  await scale(2);
  await claimsAre('www-web-0', 'www-web-1');
  await admin.resource(statefulSetKind).delete(ref, { propagationPolicy: 'Background' });
  await claimsAre();
});

test('the bundled kubectl reads all this as the real one does', async () => {
  const { admin } = workloads.cluster.api;
  const apply = `${web}---${deployment(2)}---${controller}---${daemonSet}`;
  const lines = `
    describe sts web
    describe rc hello
    describe ds agent
    describe deploy front
    describe rs
    rollout history sts/web
    rollout history sts/web --revision=2
    rollout history ds/agent --revision=1
    rollout status sts/web --watch=false
    rollout status ds/agent --watch=false
    get sts,rc,ds,rs,deploy
    get controllerrevisions
    get pods --show-labels`;
  const told = new Map<string, string[]>();
  await workloads.each('read', async (kubectl, namespace) => {
    await kubectl('apply -f -', apply);
    await kubectl('rollout status sts/web');
    await kubectl('set image sts/web nginx=nginx:2');
    for (const set of ['sts/web', 'ds/agent', 'deploy/front']) await kubectl(`rollout status ${set}`);
    await admin.resource(persistentVolumeClaimKind).get({ namespace, name: 'www-web-1' });
  });
  // Each reads what the first has made.
  await workloads.each('reader', async (kubectl, namespace) => {
    const texts: string[] = [];
    for (const line of lines.trim().split('\n'))
      texts.push((await kubectl(`${line.trim()} -n read-1-27`)).replaceAll(/\b\d+[sm]\d*s? */g, 'AGE ').replaceAll(/(?<=[ -])[ -]+/g, ''));
    told.set(namespace, texts);
  });
  const [newest, ours] = [...told].sort(([a], [b]) => (a < b ? -1 : 1)).slice(1);
  assert.deepEqual(ours?.[1], newest?.[1]);
});

test('controllers that are killed again and again end in the right state, and keep to their bounds on the way', async () => {
  const { cluster, restart } = workloads;
  const { admin } = cluster.api;
  const namespace = 'killed';
  await admin.resource(namespaceKind).create({ metadata: { name: namespace }, spec: {} });
  await eventually(() => admin.resource(serviceAccountKind).get({ namespace, name: 'default' }), 20_000);
  const pods = new Informer({ client: admin, kind: podKind, namespace, log: silentLogger });
  const end = new AbortController();
  void pods.run(end.signal);
  const labels = (app: string): { app: string } => ({ app });
  const spec = (app: string): { selector: object; template: PodTemplateSpec } => ({
    selector: { matchLabels: labels(app) },
    template: { metadata: { labels: labels(app) }, spec: { containers: [{ name: 'c', image: 'v1' }] } },
  });
  const rollingUpdate = { maxSurge: 2, maxUnavailable: 1 };
  const front = { namespace, name: 'front' };
  const web = { namespace, name: 'web' };
  await admin.resource(deploymentKind).create({ metadata: front, spec: { ...spec('front'), replicas: 6, strategy: { rollingUpdate } } });
  await admin.resource(statefulSetKind).create({ metadata: web, spec: { ...spec('web'), replicas: 4 } });
  const found = (app: string): Pod[] => pods.list().filter(({ metadata }) => metadata.labels?.['app'] === app);
  const isReady = ({ status }: Pod): boolean => status?.phase === 'Running';
  const settled = (image: string): Promise<void> =>
    eventually(() => {
      const all = [...found('front'), ...found('web')].filter(isReady).map((pod) => pod.spec.containers[0]?.image);
      assert.deepEqual(all, Array(10).fill(image));
    }, 60_000);
  await settled('v1');
  let [fewest, most] = [6, 6];
  const look = (): void => {
    fewest = Math.min(fewest, found('front').filter(isReady).length);
    most = Math.max(most, found('front').length);
    assert.deepEqual(new Set(found('web').map(({ metadata }) => metadata.name)).size, found('web').length);
  };
  pods.addHandler({ added: look, updated: look, deleted: look });
  for (const image of ['v2', 'v3']) {
    const body = { spec: { template: { spec: { containers: [{ name: 'c', image }] } } } };
    await admin.resource(deploymentKind).patch(front, { type: 'strategic', body });
    await admin.resource(statefulSetKind).patch(web, { type: 'strategic', body });
    for (let kill = 0; kill < 3; kill++) {
      const seen = new Set(pods.list().map(({ metadata }) => metadata.uid));
      await eventually(() => assert.ok(pods.list().some(({ metadata }) => !seen.has(metadata.uid))), 30_000);
      await restart();
    }
  }
  await settled('v3');
  end.abort();
  assert.deepEqual([fewest >= 5, most <= 8], [true, true], `${fewest} to ${most}`);
});
