import assert from 'node:assert/strict';
import type { ClusterUnderTest } from '../../lab/cluster-under-test.ts';
import { lesson, plain } from './lesson.ts';

export function jobs(cluster: ClusterUnderTest): void {
  lesson(cluster, { name: 'jobs: once, in parallel, from a queue, and failing', namespace: 'jobs' }, async (lesson) => {
    const once = 'run -i oneshot --image=t8s.local/busybox:1 --restart=OnFailure -- echo made 10 keys';
    assert.match(await lesson.say(once), /^made 10 keys$/m);
    await lesson.shows('get pods --no-headers', /^oneshot +0\/1 +Completed +0 /);
    await lesson.say('delete pod oneshot');

    assert.equal(await lesson.apply(job('oneshot', 'echo made 10 keys', {})), 'job.batch/oneshot created\n');
    await lesson.waitFor('job/oneshot', 'condition=Complete');
    await lesson.prints('get jobs', 'NAME STATUS COMPLETIONS DURATION AGE', 'oneshot Complete 1/1 AGE AGE');
    await lesson.prints('get pods', 'NAME READY STATUS RESTARTS AGE', 'oneshot-POD 0/1 Completed 0 AGE');
    assert.equal(await lesson.say('logs job/oneshot'), 'made 10 keys\n');
    const text = plain(await lesson.say('describe jobs oneshot'));
    for (const line of described) assert.ok(text.includes(line), `${line} in ${text.join('\n')}`);
    const [uid] = await lesson.words('{.metadata.uid}', 'get job oneshot');
    assert.ok(text.includes('Selector: batch.kubernetes.io/controller-uid=UID'));
    assert.deepEqual(await lesson.words('{.items[*].metadata.labels.controller-uid}', 'get pods'), [uid]);
    assert.match(await lesson.say('delete jobs oneshot'), /^job.batch "oneshot" deleted/);
    await lesson.prints('get pods -o name');

    await lesson.apply(job('parallel', 'echo key', { parallelism: 5, completions: 10 }));
    await lesson.waitFor('job/parallel', 'condition=Complete');
    await lesson.prints('get jobs', 'NAME STATUS COMPLETIONS DURATION AGE', 'parallel Complete 10/10 AGE AGE');
    assert.equal((await lesson.say('describe job parallel')).match(/Created pod: parallel-/g)?.length, 10);
    await lesson.say('delete job parallel');

    // Of a queue's workers any that ends well ends the job when all have ended.
    await lesson.apply(job('queue', 'true', { parallelism: 2 }));
    await lesson.waitFor('job/queue', 'condition=Complete');
    await lesson.shows('get job queue --no-headers', /^queue +Complete +2\/1 of 2 /);

    // Never: a failed pod stays, and another is made; OnFailure: the same pod tries again.
    await lesson.apply(job('failing', 'exit 1', { backoffLimit: 1 }), job('again', 'exit 1', { backoffLimit: 100 }, 'OnFailure'));
    await lesson.waitFor('job/failing', 'condition=Failed');
    await lesson.prints('get pods -l job-name=failing', 'NAME READY STATUS RESTARTS AGE', ...Array(2).fill('failing-POD 0/1 Error 0 AGE'));
    assert.match(await lesson.say('describe job failing'), /BackoffLimitExceeded .* Job has reached the specified backoff limit$/m);
    await lesson.shows('get pods -l job-name=again --no-headers', /^again-\S+ +0\/1 +(CrashLoopBackOff|Error) +[1-9]/);
  });
}

const job = (name: string, line: string, spec: object, restartPolicy = 'Never'): object => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name, labels: { chapter: 'jobs' } },
  spec: {
    ...spec,
    template: {
      metadata: { labels: { chapter: 'jobs' } },
      spec: { restartPolicy, containers: [{ name: 'keys', image: 't8s.local/busybox:1', command: ['sh', '-c', line] }] },
    },
  },
});

const described = [
  'Name: oneshot',
  'Labels: chapter=jobs',
  'Parallelism: 1',
  'Completions: 1',
  'Completion Mode: NonIndexed',
  'Pods Statuses: 0 Active (0 Ready) / 1 Succeeded / 0 Failed',
  'Normal SuccessfulCreate AGE job-controller Created pod: oneshot-POD',
  'Normal Completed AGE job-controller Job completed',
];
