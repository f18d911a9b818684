import assert from 'node:assert/strict';
import type { ClusterUnderTest } from '../../lab/cluster-under-test.ts';
import { type Lesson, lesson, plain, sleeper } from './lesson.ts';

const columns = 'NAME DESIRED CURRENT READY AGE';

export function replicaSets(cluster: ClusterUnderTest): void {
  lesson(cluster, { name: 'a replica set keeps its pods', namespace: 'replicas' }, async (lesson) => {
    assert.equal(await lesson.apply(replicaSet('rs-demo', 'reverse-proxy')), 'replicaset.apps/rs-demo created\n');
    await lesson.waitFor('rs/rs-demo', 'jsonpath={.status.readyReplicas}=3');
    await lesson.prints('get rs', columns, 'rs-demo 3 3 3 AGE');
    assert.deepEqual(plain(await lesson.say('describe replicaset rs-demo')), described);
    const [owner] = await lesson.words('{.items[0].metadata.ownerReferences[0]}', 'get pods');
    assert.match(owner ?? '', /"apiVersion":"apps\/v1","blockOwnerDeletion":true,"controller":true,"kind":"ReplicaSet","name":"rs-demo"/);

    const [victim = ''] = await podNames(lesson);
    assert.match(await lesson.say(`delete pod ${victim}`), new RegExp(`^pod "${victim}" deleted`));
    const text = await lesson.shows('describe rs rs-demo', /(SuccessfulCreate .* Created pod: rs-demo-[\s\S]*){4}/);
    assert.equal(text.match(/SuccessfulCreate .* Created pod: /g)?.length, 4);
    await lesson.waitFor('rs/rs-demo', 'jsonpath={.status.readyReplicas}=3');
    assert.ok(!(await podNames(lesson)).includes(victim));
    await scales(lesson);
    await leavesPods(lesson);
    assert.equal(await lesson.apply(replicaSet('broken', 'broken', 2, 't8s.local/none:1')), 'replicaset.apps/broken created\n');
    await lesson.shows('describe rs broken', /^Pods Status: +0 Running \/ 2 Waiting \/ 0 Succeeded \/ 0 Failed$/m);
  });

  lesson(cluster, { name: 'a replication controller keeps its pods as well', namespace: 'controllers' }, async (lesson) => {
    assert.equal(await lesson.send('create', controller(3)), 'replicationcontroller/myapp created\n');
    await lesson.prints('get replicationcontroller', columns, 'myapp 3 3 3 AGE');
    await lesson.prints('get rc -o wide', `${columns} CONTAINERS IMAGES SELECTOR`, 'myapp 3 3 3 AGE sleep t8s.local/busybox:1 app=myapp');
    const text = plain(await lesson.say('describe rc'));
    assert.ok(text.includes('Replicas: 3 current / 3 desired'), text.join('\n'));
    assert.equal(text.filter((line) => line === 'Normal SuccessfulCreate AGE replication-controller Created pod: myapp-POD').length, 3);
    assert.equal(await lesson.send('scale --replicas=6', controller(3)), 'replicationcontroller/myapp scaled\n');
    await lesson.prints('get rc', columns, 'myapp 6 6 6 AGE');
    // The file says another number: who replaces by it is back at that.
    assert.equal(await lesson.send('replace', controller(2)), 'replicationcontroller/myapp replaced\n');
    await lesson.prints('get rc', columns, 'myapp 2 2 2 AGE');
    assert.match(await lesson.say('delete rc myapp'), /^replicationcontroller "myapp" deleted/);
    await lesson.prints('get pods -o name');
  });

  lesson(cluster, { name: 'a replica set takes the pods that it selects', namespace: 'adoption' }, async (lesson) => {
    await lesson.apply(pod('pod1', 'frontend'), pod('pod2', 'frontend'));
    await lesson.waitFor('pod/pod1 pod/pod2', 'condition=Ready');
    await lesson.apply(replicaSet('frontend', 'frontend'));
    await lesson.waitFor('rs/frontend', 'jsonpath={.status.readyReplicas}=3');
    await lesson.prints(
      'get pods',
      'NAME READY STATUS RESTARTS AGE',
      'frontend-POD 1/1 Running 0 AGE',
      ...['pod1', 'pod2'].map((name) => `${name} 1/1 Running 0 AGE`),
    );
    // One more is one too many: of those that are not ready, the newest goes.
    await lesson.apply(pod('pod3', 'frontend'));
    await lesson.waitFor('pod/pod3', 'delete');
    await lesson.shows('describe rs frontend', /SuccessfulDelete .* Deleted pod: pod3$/m);
    // A pod that loses its label is left alone, and replaced.
    assert.equal(await lesson.say('label pod pod1 component=debug --overwrite'), 'pod/pod1 labeled\n');
    await lesson.prints('get pod pod1 -o jsonpath={.metadata.ownerReferences}');
    await lesson.shows('describe rs frontend', /(SuccessfulCreate .* Created pod: frontend-[\s\S]*){2}/);
    await lesson.prints('get rs', columns, 'frontend 3 3 3 AGE');
    assert.match(await lesson.say('delete rs frontend'), /^replicaset.apps "frontend" deleted/);
    await lesson.prints('get pods', 'NAME READY STATUS RESTARTS AGE', 'pod1 1/1 Running 0 AGE');
  });
}

async function scales(lesson: Lesson): Promise<void> {
  assert.equal(await lesson.say('scale --replicas=6 replicaset rs-demo'), 'replicaset.apps/rs-demo scaled\n');
  await lesson.waitFor('rs/rs-demo', 'jsonpath={.status.readyReplicas}=6');
  assert.equal(await lesson.sayBy('bundled', 'scale --replicas=1 rs/rs-demo'), 'replicaset.apps/rs-demo scaled\n');
  await lesson.waitFor('rs/rs-demo', 'jsonpath={.status.replicas}=1');
  await lesson.prints('get rs', columns, 'rs-demo 1 1 1 AGE');
  assert.match(await lesson.fails('scale --replicas=2 --current-replicas=5 rs/rs-demo'), /^error: Expected replicas to be 5, was 1$/);
  // An autoscaler of it needs no load to see that one is too few.
  assert.equal(
    await lesson.say('autoscale rs rs-demo --min=2 --max=5 --cpu-percent=80'),
    'horizontalpodautoscaler.autoscaling/rs-demo autoscaled\n',
  );
  await lesson.prints('get rs', columns, 'rs-demo 2 2 2 AGE');
  await lesson.shows('get hpa --no-headers', /^rs-demo +ReplicaSet\/rs-demo +cpu: <unknown>\/80% +2 +5 +2 /);
  await lesson.shows(
    'describe hpa rs-demo',
    /SuccessfulRescale .* New size: 2; reason: Current number of replicas below Spec\.MinReplicas$/m,
  );
  await lesson.say('delete hpa rs-demo');
  assert.equal(await lesson.edits('rs/rs-demo', '/replicas:/s/2$/1/'), 'replicaset.apps/rs-demo edited\n');
}

async function leavesPods(lesson: Lesson): Promise<void> {
  await lesson.waitFor('rs/rs-demo', 'jsonpath={.status.replicas}=1');
  await lesson.shows('get pods --no-headers', /^rs-demo-\S+ +1\/1 +Running +0 +\S+\n$/);
  const [kept] = await podNames(lesson);
  assert.match(await lesson.say('delete rs rs-demo --cascade=orphan'), /^replicaset.apps "rs-demo" deleted/);
  await lesson.waitFor(`pod/${kept}`, 'jsonpath={.status.phase}=Running');
  assert.deepEqual(await lesson.words('{.metadata.ownerReferences}', `get pod ${kept}`), []);
  // The next with the same selector takes it.
  await lesson.apply(replicaSet('rs-demo', 'reverse-proxy', 1));
  await lesson.waitFor('rs/rs-demo', 'jsonpath={.status.readyReplicas}=1');
  assert.deepEqual(await podNames(lesson), [kept]);
}

const podNames = (lesson: Lesson): Promise<string[]> => lesson.words('{.items[*].metadata.name}', 'get pods');

const pod = (name: string, component: string): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: { component } },
  spec: sleeper(),
});

const controller = (replicas: number): object => ({
  apiVersion: 'v1',
  kind: 'ReplicationController',
  metadata: { name: 'myapp' },
  spec: { replicas, template: { metadata: { labels: { app: 'myapp' } }, spec: sleeper() } },
});

const replicaSet = (name: string, component: string, replicas = 3, image = 't8s.local/busybox:1'): object => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: { name, labels: { component } },
  spec: { replicas, selector: { matchLabels: { component } }, template: { metadata: { labels: { component } }, spec: sleeper({}, image) } },
});

const described = `
Name: rs-demo
Namespace: replicas
Selector: component=reverse-proxy
Labels: component=reverse-proxy
Annotations: <none>
Replicas: 3 current / 3 desired
Pods Status: 3 Running / 0 Waiting / 0 Succeeded / 0 Failed
Pod Template:
Labels: component=reverse-proxy
Containers:
sleep:
Image: t8s.local/busybox:1
Port: <none>
Host Port: <none>
Command:
sleep
3600
Environment: <none>
Mounts: <none>
Volumes: <none>
Node-Selectors: <none>
Tolerations: <none>
Events:
Type Reason Age From Message
---- ------ ---- ---- -------
Normal SuccessfulCreate AGE replicaset-controller Created pod: rs-demo-POD
Normal SuccessfulCreate AGE replicaset-controller Created pod: rs-demo-POD
Normal SuccessfulCreate AGE replicaset-controller Created pod: rs-demo-POD`
  .trim()
  .split('\n');
