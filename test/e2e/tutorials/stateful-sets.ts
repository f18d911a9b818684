import assert from 'node:assert/strict';
import type { ClusterUnderTest } from '../../lab/cluster-under-test.ts';
import { type Lesson, lesson, plain } from './lesson.ts';

const image = { old: 't8s.local/busybox:1', new: 't8s.local/hello:1' };

export function statefulSets(cluster: ClusterUnderTest): void {
  lesson(cluster, { name: 'a stateful set: names, storage, scale, update, delete', namespace: 'stateful' }, async (lesson) => {
    assert.equal(await lesson.apply(service, statefulSet({ replicas: 2 })), 'service/nginx created\nstatefulset.apps/web created\n');
    await lesson.prints('get service nginx', 'NAME TYPE CLUSTER-IP EXTERNAL-IP PORT(S) AGE', 'nginx ClusterIP None <none> 80/TCP AGE');
    await lesson.say('rollout status sts/web');
    await lesson.prints('get statefulset web', 'NAME READY AGE', 'web 2/2 AGE');
    await lesson.prints('get pods -l app=nginx', 'NAME READY STATUS RESTARTS AGE', 'web-0 1/1 Running 0 AGE', 'web-1 1/1 Running 0 AGE');
    const ready = '{.items[?(@.metadata.name=="web-0")].status.conditions[?(@.type=="Ready")].lastTransitionTime}';
    const times = await lesson.words(`${ready} {.items[?(@.metadata.name=="web-1")].metadata.creationTimestamp}`, 'get pods');
    assert.ok((times[0] ?? 'z') <= (times[1] ?? ''), `${times}: web-1 comes when web-0 is ready`);

    const claimed = 'Normal SuccessfulCreate AGE statefulset-controller create Claim www-web-0 Pod web-0 in StatefulSet web success';
    assert.ok(plain(await lesson.say('describe sts web')).includes(claimed));
    await named(lesson);
    await stored(lesson);
    await scaled(lesson);
    await updated(lesson);
    await deleted(lesson);
  });

  lesson(cluster, { name: 'a parallel stateful set', namespace: 'parallel' }, async (lesson) => {
    await lesson.apply(service, statefulSet({ replicas: 2, podManagementPolicy: 'Parallel', volumeClaimTemplates: [] }, []));
    await lesson.say('rollout status sts/web');
    // None of the two waits for the other, nor is one ended before the other.
    assert.equal(await lesson.say('scale statefulset/web --replicas=4'), 'statefulset.apps/web scaled\n');
    await lesson.say('rollout status sts/web');
    await onDelete(lesson);
    assert.match(await lesson.say('delete sts web'), /^statefulset.apps "web" deleted/);
    await lesson.prints('get pods -o name');
  });
}

/** A new revision waits until somebody deletes a pod. */
async function onDelete(lesson: Lesson): Promise<void> {
  await lesson.say('patch sts web --type=merge -p {"spec":{"updateStrategy":{"type":"OnDelete","rollingUpdate":null}}}');
  assert.equal(await lesson.say(`set image sts/web nginx=${image.new}`), 'statefulset.apps/web image updated\n');
  assert.match(await lesson.fails('rollout status sts/web'), /^error: rollout status is only available for RollingUpdate strategy type$/m);
  await lesson.say('delete pod web-1');
  await runs(lesson, image.old, image.new, image.old, image.old);
}

/** Host names and addresses by name, which follow a pod that comes anew. */
async function named(lesson: Lesson): Promise<void> {
  for (let round = 0; round < 2; round++) {
    for (const pod of ['web-0', 'web-1']) {
      assert.equal(await lesson.say(`exec ${pod} -- hostname`), `${pod}\n`);
      const [address = ''] = await lesson.words('{.status.podIP}', `get pod ${pod}`);
      await lesson.shows(`exec web-0 -- nslookup ${pod}.nginx.stateful.svc.cluster.local`, new RegExp(`^Address: ${address}$`, 'm'));
    }
    if (round === 0) {
      assert.match(await lesson.say('delete pod -l app=nginx'), /^pod "web-0" deleted.*\npod "web-1" deleted.*\n$/);
      await lesson.say('rollout status sts/web');
    }
  }
  assert.match(await lesson.say('exec web-0 -- ping -c1 web-1.nginx'), /^1 packets transmitted, 1 packets received, 0% packet loss$/m);
  const [address = ''] = await lesson.words('{.status.podIP}', 'get pod web-1');
  const asked = 'run -i --rm --restart=Never --image=t8s.local/busybox:1 dns-test -- nslookup web-1.nginx.stateful.svc.cluster.local';
  assert.match(await lesson.say(asked), new RegExp(`^Address: ${address}\\s[\\s\\S]*^pod "dns-test" deleted`, 'm'));
}

/** What a pod has written is there when it comes again. */
async function stored(lesson: Lesson): Promise<void> {
  const rows = plain(await lesson.say('get pvc -l app=nginx'));
  for (const [i, row] of rows.slice(1).entries()) assert.match(row, new RegExp(`^www-web-${i} Bound pvc-UID 1Gi RWO standard `));
  for (const pod of ['web-0', 'web-1']) await lesson.say(`exec ${pod} -- sh -c`, 'hostname > /www/index.html');
  await lesson.say('delete pod -l app=nginx');
  await lesson.say('rollout status sts/web');
  await serves(lesson);
}

async function serves(lesson: Lesson): Promise<void> {
  for (const pod of ['web-0', 'web-1']) assert.equal(await lesson.say(`exec ${pod} -- wget -qO- localhost`), `${pod}\n`);
}

async function scaled(lesson: Lesson): Promise<void> {
  await lesson.watches(
    'app=nginx',
    async () => assert.equal(await lesson.say('scale sts web --replicas=4'), 'statefulset.apps/web scaled\n'),
    ...['web-2 Pending', 'web-2 Running', 'web-3 Pending', 'web-3 Running'],
  );
  await lesson.watches(
    'app=nginx',
    async () => assert.equal(await lesson.say('patch sts web -p {"spec":{"replicas":3}}'), 'statefulset.apps/web patched\n'),
    'web-3 Terminating',
  );
  await lesson.waitFor('pod/web-3', 'delete');
  assert.equal((await lesson.words('{.items[*].metadata.name}', 'get pvc -l app=nginx')).join(), 'www-web-0,www-web-1,www-web-2,www-web-3');
}

/** Behind a partition pods keep their revision, whoever deletes them; before it they are updated, last first. */
async function updated(lesson: Lesson): Promise<void> {
  const partition = (value: number): Promise<string> =>
    lesson.say(
      'patch statefulset web -p',
      JSON.stringify({ spec: { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: value } } } }),
    );
  assert.equal(await partition(3), 'statefulset.apps/web patched\n');
  const change = [{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: image.new }];
  assert.equal(await lesson.say('patch statefulset web --type=json -p', JSON.stringify(change)), 'statefulset.apps/web patched\n');
  await lesson.say('delete po web-2');
  await runs(lesson, image.old, image.old, image.old);

  await lesson.watches('app=nginx', () => partition(2), 'web-2 Terminating', 'web-2 Pending', 'web-2 Running');
  assert.match(await lesson.say('rollout status sts/web'), /^partitioned roll out complete: 1 new pods have been updated\.\.\.$/m);
  await lesson.say('delete po web-1');
  await runs(lesson, image.old, image.old, image.new);

  const steps = ['web-1', 'web-0'].flatMap((pod) => ['Terminating', 'Pending', 'Running'].map((status) => `${pod} ${status}`));
  await lesson.watches('app=nginx', () => partition(0), ...steps);
  await lesson.say('rollout status sts/web');
  await runs(lesson, image.new, image.new, image.new);
  assert.equal(await lesson.say('rollout undo sts/web'), 'statefulset.apps/web rolled back\n');
  await lesson.say('rollout status sts/web');
  await runs(lesson, image.old, image.old, image.old);
}

async function deleted(lesson: Lesson): Promise<void> {
  assert.match(await lesson.say('delete statefulset web --cascade=orphan'), /^statefulset.apps "web" deleted/);
  await lesson.say('delete pod web-0');
  await lesson.prints('get pods -l app=nginx', 'NAME READY STATUS RESTARTS AGE', 'web-1 1/1 Running 0 AGE', 'web-2 1/1 Running 0 AGE');
  await lesson.watches(
    'app=nginx',
    async () =>
      assert.equal(await lesson.apply(service, statefulSet({ replicas: 2 })), 'service/nginx unchanged\nstatefulset.apps/web created\n'),
    ...['web-0 Pending', 'web-0 Running', 'web-2 Terminating'],
  );
  await serves(lesson);
  assert.match(await lesson.say('delete statefulset web'), /^statefulset.apps "web" deleted/);
  await lesson.prints('get pods -o name');
  await lesson.apply(statefulSet({ replicas: 2 }));
  await lesson.say('rollout status sts/web');
  await serves(lesson);
}

/** Waits until the pods, in order, have these images and are ready. */
const runs = (lesson: Lesson, ...images: string[]): Promise<void> =>
  lesson.prints(
    'get pods -o custom-columns=I:.spec.containers[0].image,R:.status.containerStatuses[0].ready --no-headers',
    ...images.map((image) => `${image} true`),
  );

const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'nginx', labels: { app: 'nginx' } },
  spec: { clusterIP: 'None', selector: { app: 'nginx' }, ports: [{ name: 'web', port: 80 }] },
};

const claim = {
  metadata: { name: 'www' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
};

function statefulSet(spec: object, volumeMounts: object[] = [{ name: 'www', mountPath: '/www' }]): object {
  const command = ['sh', '-c', 'mkdir -p /www; exec busybox httpd -f -p 80 -h /www'];
  const containers = [{ name: 'nginx', image: image.old, ports: [{ containerPort: 80, name: 'web' }], volumeMounts, command }];
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'web' },
    spec: {
      serviceName: 'nginx',
      selector: { matchLabels: { app: 'nginx' } },
      template: { metadata: { labels: { app: 'nginx' } }, spec: { terminationGracePeriodSeconds: 1, containers } },
      volumeClaimTemplates: [claim],
      ...spec,
    },
  };
}
