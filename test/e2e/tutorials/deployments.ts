import assert from 'node:assert/strict';
import type { ClusterUnderTest } from '../../lab/cluster-under-test.ts';
import { greeter, type Lesson, lesson, plain } from './lesson.ts';

const image = { first: 't8s.local/hello:1', second: 't8s.local/pause:1', none: 't8s.local/none:1' };
const columns = 'NAME DESIRED CURRENT READY AGE';

export function deployments(cluster: ClusterUnderTest): void {
  lesson(cluster, { name: 'a deployment is updated, and rolled back', namespace: 'rollouts' }, async (lesson) => {
    assert.equal(await lesson.apply(deployment('web', { replicas: 3 })), 'deployment.apps/web created\n');
    assert.match(await lesson.say('rollout status deployment.v1.apps/web'), /^deployment "web" successfully rolled out$/m);
    await lesson.prints('get deployments', 'NAME READY UP-TO-DATE AVAILABLE AGE', 'web 3/3 3 3 AGE');
    await lesson.prints('get rs', columns, 'web-HASH 3 3 3 AGE');
    assert.match(await lesson.say('get pods --show-labels'), /^web-\S+ +1\/1 +Running +0 +\S+ +app=web,pod-template-hash=\w+$/m);

    const cause = ['kubernetes.io/change-cause=pause it', 'kubernetes.io/change-cause=a typo'];
    assert.equal(await lesson.say(`set image deployment.v1.apps/web hello=${image.second}`), 'deployment.apps/web image updated\n');
    assert.equal(await lesson.say('annotate deployment/web', cause[0] ?? ''), 'deployment.apps/web annotated\n');
    await lesson.say('rollout status deployment/web');
    await lesson.prints('get rs --sort-by=.spec.replicas', columns, 'web-HASH 0 0 0 AGE', 'web-HASH 3 3 3 AGE');
    const text = plain(await lesson.say('describe deployments'));
    assert.deepEqual(text.slice(text.indexOf('Conditions:')), updated);
    for (const line of [
      'Annotations: deployment.kubernetes.io/revision: 2',
      'Replicas: 3 desired | 3 updated | 3 total | 3 available | 0 unavailable',
      'StrategyType: RollingUpdate',
      'RollingUpdateStrategy: 25% max unavailable, 25% max surge',
    ])
      assert.ok(text.includes(line), `${line} in ${text.join('\n')}`);

    await lesson.say(`set image deployment/web hello=${image.none}`);
    await lesson.say('annotate --overwrite deployment/web', cause[1] ?? '');
    await lesson.shows('get pods', /^web-\S+ +0\/1 +(ErrImagePull|ImagePullBackOff) /m);
    await lesson.prints('get rs --sort-by=.status.replicas', columns, 'web-HASH 0 0 0 AGE', 'web-HASH 1 1 0 AGE', 'web-HASH 3 3 3 AGE');
    assert.match(await lesson.fails('rollout status deployment/web --timeout=1s'), /^error: timed out waiting for the condition$/m);
    assert.deepEqual(plain(await lesson.say('rollout history deployment.v1.apps/web')), [
      'deployment.apps/web',
      'REVISION CHANGE-CAUSE',
      '1 <none>',
      '2 pause it',
      '3 a typo',
    ]);
    const second = plain(await lesson.sayBy('bundled', 'rollout history deployment/web --revision=2'));
    assert.deepEqual(second.slice(0, 3), ['deployment.apps/web with revision #2', 'Pod Template:', 'Labels: app=web']);
    assert.ok(second.includes(`Image: ${image.second}`), second.join('\n'));

    assert.equal(await lesson.say('rollout undo deployment.v1.apps/web'), 'deployment.apps/web rolled back\n');
    await lesson.say('rollout status deployment/web');
    assert.equal(await lesson.say('rollout undo deployment/web --to-revision=1'), 'deployment.apps/web rolled back\n');
    await lesson.say('rollout status deployment/web');
    assert.deepEqual(plain(await lesson.say('rollout history deployment/web')).slice(2), ['3 a typo', '4 pause it', '5 <none>']);
    assert.deepEqual(await lesson.words('{.spec.template.spec.containers[*].image}', 'get deployment web'), [image.first]);

    await lesson.say(`set image deployment/web hello=${image.second} --record`);
    assert.equal(await lesson.edits('deployment.v1.apps/web', '/image:/s/pause/hello/'), 'deployment.apps/web edited\n');
    assert.equal(await lesson.say('rollout restart deployment/web'), 'deployment.apps/web restarted\n');
    await lesson.say('rollout status deployment/web');
    assert.match(await lesson.say('rollout history deployment/web'), /^8 +kubectl\S* set image deployment\/web .* --record=true$/m);
    // Without old replica sets there is nothing to go back to.
    await lesson.say('patch deployment web -p {"spec":{"revisionHistoryLimit":0}}');
    await lesson.prints('get rs', columns, 'web-HASH 3 3 3 AGE');
    assert.equal(await lesson.fails('rollout undo deployment/web'), 'error: no rollout history found for deployment "web"');
  });

  lesson(cluster, { name: 'a deployment is paused, scaled, and stuck', namespace: 'stuck' }, async (lesson) => {
    const strategy = { rollingUpdate: { maxSurge: 3, maxUnavailable: 2 } };
    await lesson.apply(deployment('web', { replicas: 10, strategy }, 'pause'));
    await lesson.say('rollout status deployment/web');
    await paused(lesson);
    // What was paused hasn't one pod of the new: it now gets more of both, in proportion.
    await lesson.prints('get rs --sort-by=.spec.replicas', columns, 'web-HASH 5 5 0 AGE', 'web-HASH 8 8 8 AGE');
    assert.equal(await lesson.say('scale deployment.v1.apps/web --replicas=15'), 'deployment.apps/web scaled\n');
    await lesson.prints('get rs --sort-by=.spec.replicas', columns, 'web-HASH 7 7 0 AGE', 'web-HASH 11 11 11 AGE');
    await lesson.prints('get deploy', 'NAME READY UP-TO-DATE AVAILABLE AGE', 'web 11/15 7 11 AGE');

    const patch = { spec: { progressDeadlineSeconds: 2 } };
    assert.equal(await lesson.say('patch deployment.v1.apps/web -p', JSON.stringify(patch)), 'deployment.apps/web patched\n');
    assert.match(await lesson.fails('rollout status deployment/web'), /^error: deployment "web" exceeded its progress deadline$/m);
    assert.match(await lesson.say('describe deployment web'), /^ {2}Progressing +False +ProgressDeadlineExceeded$/m);
    assert.equal(await lesson.sayBy('bundled', 'rollout undo deployment/web'), 'deployment.apps/web rolled back\n');
    await lesson.say('rollout status deployment/web');
    await lesson.say('scale deploy/web --replicas=2');
    await lesson.prints('get rs --sort-by=.spec.replicas', columns, 'web-HASH 0 0 0 AGE', 'web-HASH 2 2 2 AGE');
    await ruled(lesson);
    assert.match(await lesson.say('delete deployment web'), /^deployment.apps "web" deleted/);
    await lesson.prints('get rs,pods -o name');
  });

  lesson(cluster, { name: 'a deployment that is recreated, and one beyond its quota', namespace: 'quotas' }, async (lesson) => {
    await lesson.apply(deployment('web', { replicas: 2, strategy: { type: 'Recreate' } }));
    await lesson.say('rollout status deployment/web');
    assert.match(await lesson.say('describe deployment web'), /^StrategyType: +Recreate$/m);
    await lesson.say(`set image deployment/web hello=${image.second}`);
    await lesson.say('rollout status deployment/web');
    const scaled = plain(await lesson.say('describe deployment web')).filter((line) => line.startsWith('Normal'));
    const event = 'Normal ScalingReplicaSet AGE deployment-controller Scaled';
    assert.deepEqual(
      scaled,
      ['up replica set web-HASH from 0 to 2', 'down replica set web-HASH from 2 to 0', 'up replica set web-HASH from 0 to 2'].map(
        (text) => `${event} ${text}`,
      ),
    );

    await lesson.say('create quota object-counts --hard=pods=3');
    await lesson.waitFor('quota/object-counts', 'jsonpath={.status.used.pods}=2');
    await lesson.say('scale deployment/web --replicas=4');
    await lesson.shows('describe deployment web', /^ {2}ReplicaFailure +True +FailedCreate$/m);
    const status = await lesson.say('get deployment web -o yaml');
    assert.match(
      status.replaceAll(/\s+/g, ' '),
      /is forbidden: exceeded quota: object-counts, requested: pods=1, used: pods=3, limited: pods=3/,
    );
    await lesson.prints('get deployment web', 'NAME READY UP-TO-DATE AVAILABLE AGE', 'web 3/4 3 3 AGE');
    await lesson.shows('describe deployment web', /^Replicas: +4 desired \| 3 updated \| 3 total \| 3 available \| 1 unavailable$/m);
    await lesson.say('delete quota object-counts');
    await lesson.say('scale deployment/web --replicas=3');
    await lesson.shows('describe deployment web', /^ {2}Available +True +MinimumReplicasAvailable\n(?!.*ReplicaFailure)/m);
  });

  lesson(cluster, { name: 'a deployment behind a service', namespace: 'exposed' }, async (lesson) => {
    await lesson.apply(deployment('hello-world', { replicas: 3 }), prober);
    await lesson.say('rollout status deployment/hello-world');
    assert.equal(await lesson.say('expose deployment hello-world --type=NodePort --name=my-service'), 'service/my-service exposed\n');
    const rows = plain(await lesson.say('get services my-service'));
    assert.match(rows[1] ?? '', /^my-service NodePort IP <none> 8080:3\d{4}\/TCP AGE$/);
    await lesson.waitFor('pod/prober', 'condition=Ready');
    const names = await lesson.words('{.items[*].metadata.name}', 'get pods -l app=hello-world');
    const seen = new Set<string>();
    await lesson.shows('get endpointslices -l kubernetes.io/service-name=my-service', / 8080 +(10\.244\.\d\.\d+,){2}10\.244\.\d\.\d+ /);
    const ask = 'exec prober -- wget -qO- http://my-service.exposed.svc.cluster.local:8080';
    await lesson.shows(ask, /^Hello from /);
    for (let i = 0; i < 60 && seen.size < 3; i++) {
      const answer = await lesson.say(ask);
      seen.add(/^Hello from (\S+)/.exec(answer)?.[1] ?? answer);
    }
    assert.deepEqual([...seen].sort(), names.sort());
    assert.match(await lesson.say('exec prober -- nslookup my-service.exposed.svc.cluster.local'), /^Server:\s+10\.96\.0\.10$/m);
    assert.match(await lesson.say('describe services my-service'), /^Endpoints: +(10\.244\.\d\.\d+:8080,?){3}$/m);

    // Nobody here has addresses to give.
    await lesson.say('scale deployment hello-world --replicas=5');
    await lesson.say('rollout status deployment/hello-world');
    await lesson.say('expose deployment hello-world --type=LoadBalancer --name=outside');
    assert.match(plain(await lesson.say('get services outside'))[1] ?? '', /^outside LoadBalancer IP <pending> 8080:3\d{4}\/TCP AGE$/);
    await lesson.shows('describe services outside', /^Endpoints: +(10\.244\.\d\.\d+:8080,?){3} \+ 2 more\.\.\.$/m);
  });
}

/** Several changes while it is paused make one new revision. */
async function paused(lesson: Lesson): Promise<void> {
  assert.equal(await lesson.say('rollout pause deployment.v1.apps/web'), 'deployment.apps/web paused\n');
  assert.equal(await lesson.say(`set image deployment/web hello=${image.none}`), 'deployment.apps/web image updated\n');
  assert.equal(
    await lesson.say('set resources deployment.v1.apps/web -c=hello --limits=cpu=200m,memory=64Mi --requests=cpu=1m,memory=8Mi'),
    'deployment.apps/web resource requirements updated\n',
  );
  assert.match(await lesson.fails('rollout undo deployment/web --to-revision=1'), /^error: (skipped|you cannot) rollback/);
  assert.deepEqual(plain(await lesson.say('rollout history deployment.v1.apps/web')).slice(1), ['REVISION CHANGE-CAUSE', '1 <none>']);

  await lesson.prints('get rs', columns, 'web-HASH 10 10 10 AGE');
  assert.equal(await lesson.say('rollout resume deployment.v1.apps/web'), 'deployment.apps/web resumed\n');
}

/** The deployment rules its replica set: who scales that one is overruled. */
async function ruled(lesson: Lesson): Promise<void> {
  const sets = await lesson.words('{range .items[?(@.spec.replicas>0)]}{.metadata.name}{end}', 'get rs');
  await lesson.say(`scale replicasets ${sets[0]} --replicas=1`);
  await lesson.shows('describe deployment web', /Scaled up replica set web-\w+ from 1 to 2/);
  await lesson.prints(`get rs ${sets[0]}`, columns, 'web-HASH 2 2 2 AGE');
}

const prober = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'prober' },
  spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'c', image: 't8s.local/busybox:1', command: ['sleep', '3600'] }] },
};

const deployment = (name: string, spec: object, image = 'hello'): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, labels: { app: name } },
  spec: {
    ...spec,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: greeter({ image: `t8s.local/${image}:1` }) },
  },
});

const updated = `
Conditions:
Type Status Reason
---- ------ ------
Available True MinimumReplicasAvailable
Progressing True NewReplicaSetAvailable
OldReplicaSets: web-HASH (0/0 replicas created)
NewReplicaSet: web-HASH (3/3 replicas created)
Events:
Type Reason Age From Message
---- ------ ---- ---- -------
Normal ScalingReplicaSet AGE deployment-controller Scaled up replica set web-HASH from 0 to 3
Normal ScalingReplicaSet AGE deployment-controller Scaled up replica set web-HASH from 0 to 1
Normal ScalingReplicaSet AGE deployment-controller Scaled down replica set web-HASH from 3 to 2
Normal ScalingReplicaSet AGE deployment-controller Scaled up replica set web-HASH from 1 to 2
Normal ScalingReplicaSet AGE deployment-controller Scaled down replica set web-HASH from 2 to 1
Normal ScalingReplicaSet AGE deployment-controller Scaled up replica set web-HASH from 2 to 3
Normal ScalingReplicaSet AGE deployment-controller Scaled down replica set web-HASH from 1 to 0`
  .trim()
  .split('\n');
