import assert from 'node:assert/strict';
import type { ClusterUnderTest } from '../../lab/cluster-under-test.ts';
import { type Lesson, lesson, plain, sleeper } from './lesson.ts';

export function daemonSets(cluster: ClusterUnderTest): void {
  lesson(cluster, { name: 'a daemon set follows its nodes', namespace: 'daemons' }, async (lesson) => {
    assert.equal(await lesson.apply(daemonSet({ volumes: [varLog] })), 'daemonset.apps/fluentd created\n');
    assert.match(await lesson.say('rollout status daemonset fluentd'), /^daemon set "fluentd" successfully rolled out$/m);
    const columns = 'NAME DESIRED CURRENT READY UP-TO-DATE AVAILABLE NODE SELECTOR AGE';
    await lesson.prints('get daemonsets', columns, 'fluentd 3 3 3 3 3 <none> AGE');
    assert.deepEqual(await nodesOf(lesson), ['node-0', 'node-1', 'node-2']);
    const text = plain(await lesson.say('describe daemonset fluentd'));
    for (const line of described) assert.ok(text.includes(line), `${line} in ${text.join('\n')}`);
    assert.equal(text.filter((line) => line === 'Normal SuccessfulCreate AGE daemonset-controller Created pod: fluentd-POD').length, 3);

    // Only on nodes with a label, which come and go.
    await lesson.say('label nodes node-1 ssd=true');
    try {
      await lesson.apply(daemonSet({ nodeSelector: { ssd: 'true' } }));
      await lesson.prints('get ds', columns, 'fluentd 1 1 1 1 1 ssd=true AGE');
      await lesson.shows('get pods -o wide --no-headers', /^fluentd-\S+ +1\/1 +Running +0 +\S+ +\S+ +node-1 [^\n]*\n$/);
      assert.match(await lesson.say('get nodes --selector ssd=true --no-headers'), /^node-1 [^\n]*\n$/);
      await lesson.say('label nodes node-2 ssd=true');
      await lesson.prints('get ds', columns, 'fluentd 2 2 2 2 2 ssd=true AGE');
      await lesson.say('label nodes node-1 ssd-');
      await lesson.prints('get ds', columns, 'fluentd 1 1 1 1 1 ssd=true AGE');
      await lesson.shows('get pods -o wide --no-headers', /^fluentd-\S+ +1\/1 +Running +0 +\S+ +\S+ +node-2 [^\n]*\n$/);
    } finally {
      await lesson.say('label nodes node-1 node-2 ssd-');
    }
    await lesson.prints('get ds', columns, 'fluentd 0 0 0 0 0 ssd=true AGE');
    await replaced(lesson);
  });
}

/** A rolling update, its history, and pods that outlive their set. */
async function replaced(lesson: Lesson): Promise<void> {
  await lesson.apply(daemonSet({}));
  await lesson.say('rollout status ds/fluentd');
  assert.equal(await lesson.say('set image ds/fluentd sleep=t8s.local/pause:1'), 'daemonset.apps/fluentd image updated\n');
  assert.match(await lesson.say('rollout status ds/fluentd'), /successfully rolled out$/m);
  assert.deepEqual(await lesson.words('{.items[*].spec.containers[0].image}', 'get pods'), Array(3).fill('t8s.local/pause:1'));
  assert.match(await lesson.say('rollout history ds fluentd'), /^REVISION +CHANGE-CAUSE\n(\d+ +<none>\n)+$/m);
  assert.match(await lesson.sayBy('bundled', 'rollout undo ds/fluentd'), /^daemonset.apps\/fluentd rolled back$/m);
  await lesson.say('rollout status ds/fluentd');
  const pods = await lesson.words('{.items[*].metadata.uid}', 'get pods');
  await lesson.say('delete ds fluentd --cascade=orphan');
  await lesson.apply(daemonSet({}));
  await lesson.say('rollout status ds/fluentd');
  assert.deepEqual(await lesson.words('{.items[*].metadata.uid}', 'get pods'), pods);
  await lesson.say('delete ds fluentd');
  await lesson.prints('get pods -o name');
}

const nodesOf = async (lesson: Lesson): Promise<string[]> => (await lesson.words('{.items[*].spec.nodeName}', 'get pods')).sort();

const varLog = { name: 'varlog', hostPath: { path: '/var/log' } };

const daemonSet = (spec: object): object => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'fluentd', labels: { app: 'fluentd' } },
  spec: {
    selector: { matchLabels: { app: 'fluentd' } },
    template: { metadata: { labels: { app: 'fluentd' } }, spec: sleeper(spec) },
  },
});

const described = [
  'Selector: app=fluentd',
  'Node-Selector: <none>',
  'Desired Number of Nodes Scheduled: 3',
  'Current Number of Nodes Scheduled: 3',
  'Number of Nodes Scheduled with Up-to-date Pods: 3',
  'Number of Nodes Scheduled with Available Pods: 3',
  'Number of Nodes Misscheduled: 0',
  'Pods Status: 3 Running / 0 Waiting / 0 Succeeded / 0 Failed',
  'Type: HostPath (bare host directory volume)',
];
