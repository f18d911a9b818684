import assert from 'node:assert/strict';
import type { ClusterUnderTest } from '../../lab/cluster-under-test.ts';
import { type Lesson, lesson, sleeper } from './lesson.ts';

export function scheduling(cluster: ClusterUnderTest): void {
  lesson(cluster, { name: 'where pods may go: selectors, affinity, what a node has', namespace: 'placement' }, async (lesson) => {
    await lesson.say('label nodes node-1 disk=ssd');
    try {
      await placed(lesson);
    } finally {
      await lesson.say('label nodes node-1 disk-');
    }
  });

  lesson(cluster, { name: 'what a node lets come, and who goes for whom: taints, priorities', namespace: 'taints' }, async (lesson) => {
    const slots = (op: string): string => JSON.stringify([{ op, path: '/status/capacity/t8s.local~1slots', value: '2' }]);
    await lesson.say('taint nodes node-1 team=blue:NoSchedule');
    try {
      await tainted(lesson);
    } finally {
      await lesson.say('taint nodes node-1 team-');
    }
    await lesson.say('patch node node-1 --subresource=status --type=json -p', slots('add'));
    try {
      await preempted(lesson);
    } finally {
      await lesson.say('patch node node-1 --subresource=status --type=json -p', slots('remove'));
      await lesson.say('delete priorityclass tutorial-high --ignore-not-found');
    }
  });
}

async function placed(lesson: Lesson): Promise<void> {
  const required = (operator: string, values: string[]): object => ({
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'disk', operator, values }] }] },
    },
  });
  const apart = {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { labelSelector: { matchLabels: { app: 'apart' } }, topologyKey: 'kubernetes.io/hostname' },
      ],
    },
  };
  const together = {
    podAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { labelSelector: { matchLabels: { app: 'selected' } }, topologyKey: 'kubernetes.io/hostname' },
      ],
    },
  };
  await lesson.apply(
    pod('selected', { nodeSelector: { disk: 'ssd' } }),
    pod('fast', { affinity: required('In', ['ssd']) }),
    pod('slow', { affinity: required('NotIn', ['ssd']) }),
    pod('bound', { nodeName: 'node-2' }),
    pod('together', { affinity: together }),
    ...[1, 2, 3].map((i) => pod(`apart-${i}`, { affinity: apart }, 'apart')),
  );
  await lesson.waitFor('pod --all', 'condition=Ready');
  assert.deepEqual(await nodesOf(lesson, 'selected', 'fast', 'bound', 'together'), ['node-1', 'node-1', 'node-2', 'node-1']);
  assert.notDeepEqual(await nodesOf(lesson, 'slow'), ['node-1']);
  assert.deepEqual((await nodesOf(lesson, 'apart-1', 'apart-2', 'apart-3')).sort(), ['node-0', 'node-1', 'node-2']);

  await lesson.apply(
    pod('apart-4', { affinity: apart }, 'apart'),
    pod('nowhere', { nodeSelector: { disk: 'tape' } }),
    pod('lion', asking({ cpu: '1000' })),
    pod('elephant', asking({ memory: '20Mi' }, 'tail /dev/zero')),
    pod('custom', { schedulerName: 'custom-scheduler' }),
  );
  const none = 'no new claims to deallocate, preemption: 0/3 nodes are available: 3';
  for (const [name, why] of [
    ['apart-4', `3 node(s) didn't match pod anti-affinity rules. ${none} No preemption victims found for incoming pod`],
    ['nowhere', `3 node(s) didn't match Pod's node affinity/selector. ${none} Preemption is not helpful for scheduling`],
    ['lion', `3 Insufficient cpu. ${none} Preemption is not helpful for scheduling`],
  ]) {
    const text = await lesson.shows(`describe pod ${name}`, /FailedScheduling/);
    assert.ok(text.includes(`0/3 nodes are available: ${why}`), text);
    assert.match(await lesson.say(`get pod ${name} --no-headers`), new RegExp(`^${name} +0/1 +Pending +0 `));
  }
  await lesson.shows('describe pod elephant', /^ +Reason: +OOMKilled\n +Exit Code: +137$/m);
  // Whose scheduler is not there nobody tells anything of.
  assert.match(await lesson.say('describe pod custom'), /^Node: +<none>$[\s\S]*^Events: +<none>$/m);
  // It wakes when a node comes to be what it asks for.
  await lesson.say('label nodes node-2 disk=tape');
  await lesson.waitFor('pod/nowhere', 'condition=Ready');
  await lesson.say('label nodes node-2 disk-');
}

async function tainted(lesson: Lesson): Promise<void> {
  const there = { 'kubernetes.io/hostname': 'node-1' };
  const tolerations = [{ key: 'team', operator: 'Equal', value: 'blue' }];
  assert.match(await lesson.say('describe node node-1'), /^Taints: +team=blue:NoSchedule$/m);
  await lesson.apply(pod('red', { nodeSelector: there }), pod('blue', { nodeSelector: there, tolerations }));
  await lesson.waitFor('pod/blue', 'condition=Ready');
  const why = "0/3 nodes are available: 1 node(s) had untolerated taint {team: blue}, 2 node(s) didn't match Pod's node affinity/selector.";
  assert.ok((await lesson.shows('describe pod red', /FailedScheduling/)).includes(why));
  assert.equal(await lesson.say('taint nodes node-1 team=blue:NoSchedule-'), 'node/node-1 untainted\n');
  await lesson.waitFor('pod/red', 'condition=Ready');
  // NoExecute ends who runs and doesn't tolerate it.
  assert.equal(await lesson.say('taint nodes node-1 team=blue:NoExecute'), 'node/node-1 tainted\n');
  await lesson.waitFor('pod/red', 'delete');
  await lesson.waitFor('pod/blue', 'condition=Ready');
}

/** Of two slots each is taken; who matters more takes one. */
async function preempted(lesson: Lesson): Promise<void> {
  const low = asking({ 't8s.local/slots': '1' });
  await lesson.waitFor('node/node-1', 'jsonpath={.status.allocatable.t8s\\.local/slots}=2');
  await lesson.apply(pod('low-1', low), pod('low-2', { ...low, ...asking({ 't8s.local/slots': '1' }) }));
  await lesson.waitFor('pod/low-1 pod/low-2', 'condition=Ready');
  assert.match(await lesson.say('create priorityclass tutorial-high --value=1000'), /tutorial-high created/);
  const stays = /"system-node-critical" is forbidden: this is a system priority class and cannot be deleted$/m;
  assert.match(await lesson.fails('delete priorityclass system-node-critical'), stays);
  await lesson.apply(pod('high', { ...low, priorityClassName: 'tutorial-high' }));
  await lesson.waitFor('pod/high', 'condition=Ready');
  const left = (await lesson.words('{.items[*].metadata.name}', 'get pods -l app=low')).join();
  assert.match(left, /^low-[12]$/);
  await lesson.shows(
    'get events --field-selector reason=Preempted',
    /Normal +Preempted +pod\/low-[12] +Preempted by pod \S+ on node node-1$/m,
  );
}

const nodesOf = (lesson: Lesson, ...pods: string[]): Promise<string[]> =>
  Promise.all(pods.map(async (name) => (await lesson.words('{.spec.nodeName}', `get pod ${name}`)).join()));

function asking(requests: Record<string, string>, command = 'exec sleep 3600'): object {
  const resources = { requests, limits: requests };
  return { containers: [{ name: 'c', image: 't8s.local/busybox:1', command: ['sh', '-c', command], resources }] };
}

const pod = (name: string, more: object, app = name.replace(/-\d$/, '')): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: { app } },
  spec: sleeper(more),
});
