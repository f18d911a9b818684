import assert from 'node:assert/strict';
import type { ClusterUnderTest } from '../../lab/cluster-under-test.ts';
import { type Lesson, lesson, plain } from './lesson.ts';

export function autoscaling(cluster: ClusterUnderTest): void {
  lesson(cluster, { name: 'an autoscaler follows the load', namespace: 'scaling' }, async (lesson) => {
    await lesson.apply(deployment);
    await lesson.say('rollout status deployment/php');
    assert.equal(
      await lesson.say('autoscale deployment php --min=1 --max=3 --cpu-percent=50'),
      'horizontalpodautoscaler.autoscaling/php autoscaled\n',
    );
    const soon = { spec: { behavior: { scaleDown: { stabilizationWindowSeconds: 0 } } } };
    await lesson.say('patch hpa.v2.autoscaling php --type=merge -p', JSON.stringify(soon));
    const columns = 'NAME REFERENCE TARGETS MINPODS MAXPODS REPLICAS AGE';
    await lesson.shows('get hpa --no-headers', /^php +Deployment\/php +cpu: \d+%\/50% +1 +3 +1 /);
    assert.deepEqual(plain(await lesson.say('get hpa'))[0], columns);

    await load(lesson, 'touch');
    await lesson.shows('get hpa --no-headers', /^php +Deployment\/php +cpu: \d{2,3}%\/50% +1 +3 +3 /);
    await lesson.say('rollout status deployment/php');
    const text = plain(await lesson.say('describe hpa php'));
    const size = 'New size: 3; reason: cpu resource utilization (percentage of request) above target';
    assert.ok(
      text.some((line) => line.startsWith('Normal SuccessfulRescale') && line.endsWith(size)),
      text.join('\n'),
    );
    assert.ok(
      text.includes('ScalingLimited True TooManyReplicas the desired replica count is more than the maximum replica count'),
      text.join('\n'),
    );
    assert.match(await lesson.say('top pods'), /^NAME +CPU\(cores\) +MEMORY\(bytes\) *\nphp-\S+ +\d+m +\d+Mi/);
    assert.match(
      await lesson.say('top nodes'),
      /^NAME +CPU\(cores\) +CPU\(?%\)? +MEMORY\(bytes\) +MEMORY\(?%\)? *\nnode-0 +\d+m +\d+% +\d+Mi +\d+%/,
    );

    await load(lesson, 'rm -f');
    await lesson.shows('get hpa --no-headers', /^php +Deployment\/php +cpu: \d+%\/50% +1 +3 +1 /);
    await lesson.waitFor('deployment/php', 'jsonpath={.status.replicas}=1');
    assert.match(await lesson.say('describe hpa php'), /SuccessfulRescale .* New size: 1; reason: All metrics below target$/m);
  });
}

/** Each pod is busy as long as it has this file. */
async function load(lesson: Lesson, command: string): Promise<void> {
  for (const pod of await lesson.words('{.items[*].metadata.name}', 'get pods')) await lesson.say(`exec ${pod} -- ${command} /tmp/load`);
}

const resources = { requests: { cpu: '40m' }, limits: { cpu: '100m' } };
const command = ['sh', '-c', 'while true; do [ -e /tmp/load ] || sleep 1; done'];

const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'php' },
  spec: {
    selector: { matchLabels: { app: 'php' } },
    template: {
      metadata: { labels: { app: 'php' } },
      spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'php', image: 't8s.local/busybox:1', command, resources }] },
    },
  },
};
