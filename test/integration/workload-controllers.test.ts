/** The controllers of workloads on a real apiserver, as kubectl shows them: the oldest, the newest and the bundled one. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { podKind, statefulSetKind } from '@t8s/api';
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
