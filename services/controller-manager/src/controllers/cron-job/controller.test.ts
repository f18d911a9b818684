import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CronJob, type CronJobSpec, cronJobKind, eventKind, type Job, jobKind } from '@t8s/api';
import { FakeClock } from '@t8s/async';
import { formatTime } from '@t8s/meta';
import { FakeClient } from '@t8s/testkit';
import { startControllers, type TestRun } from '../../test-context.ts';
import { cronJobController } from './controller.ts';

const ref = { namespace: 'd', name: 'hello' };
const minute = 60_000;
/** A minute that is no multiple of anything. */
const start = Date.UTC(2025, 0, 1, 9, 58);
const nameAt = (time: number): string => `hello-${time / minute}`;

interface CronRun extends TestRun {
  jobs(): Promise<(string | undefined)[]>;
  status(): Promise<CronJob['status']>;
  events(): Promise<string[]>;
  finish(name: string | undefined, type?: string): Promise<void>;
}

/** `made` is how long the cron job has been there already. */
async function run(
  spec: Partial<CronJobSpec>,
  { made = 0, status = {} }: { made?: number; status?: CronJob['status'] } = {},
): Promise<CronRun> {
  const clock = new FakeClock(start);
  const client = new FakeClient({ clock });
  const cronJob: CronJob = {
    metadata: { ...ref, creationTimestamp: formatTime(start - made) },
    spec: {
      schedule: '* * * * *',
      concurrencyPolicy: 'Allow',
      jobTemplate: { metadata: { labels: { a: 'b' } }, spec: { template: {} } },
      ...spec,
    },
    status,
  };
  await client.resource(cronJobKind).create(cronJob);
  const started = await startControllers((context) => [cronJobController(context)], { clock, client });
  const jobs = client.resource(jobKind);
  return {
    ...started,
    jobs: async () => (await jobs.list()).items.map((job) => job.metadata.name).sort(),
    status: async () => (await client.resource(cronJobKind).get(ref)).status,
    events: async () => (await client.resource(eventKind).list()).items.map((e) => `${e.type} ${e.reason} ${e.message}`),
    async finish(name = '', type = 'Complete') {
      const job = await jobs.get({ ...ref, name });
      const completionTime = formatTime(clock.now());
      await jobs.updateStatus({
        ...job,
        status: { conditions: [{ type, status: 'True' }], ...(type === 'Complete' && { completionTime }) },
      });
      await started.settle();
    },
  };
}

test('a job a minute, under the name of its minute', async () => {
  const cron = await run({ timeZone: 'Asia/Tokyo' });
  assert.deepEqual(await cron.jobs(), []);
  await cron.settle(2 * minute + 1000);
  const [one, two] = [nameAt(start + minute), nameAt(start + 2 * minute)];
  assert.deepEqual(await cron.jobs(), [one, two]);
  const { metadata } = await cron.client.resource(jobKind).get({ ...ref, name: one });
  assert.deepEqual(metadata.labels, { a: 'b' });
  assert.deepEqual(metadata.annotations, { 'batch.kubernetes.io/cronjob-scheduled-timestamp': '2025-01-01T18:59:00+09:00' });
  assert.equal(metadata.ownerReferences?.[0]?.kind, 'CronJob');
  let status = await cron.status();
  assert.deepEqual([status?.active?.map((job) => job.name), status?.lastScheduleTime], [[one, two], '2025-01-01T10:00:00Z']);
  await cron.finish(one);
  status = await cron.status();
  assert.deepEqual([status?.active?.map((job) => job.name), status?.lastSuccessfulTime], [[two], '2025-01-01T10:00:01Z']);
  assert.deepEqual(await cron.events(), [
    `Normal SuccessfulCreate Created job ${one}`,
    `Normal SuccessfulCreate Created job ${two}`,
    `Normal SawCompletedJob Saw completed job: ${one}, condition: Complete`,
  ]);
  cron.stop();
});

test('what happens when the last job still runs', async () => {
  for (const [concurrencyPolicy, left, last] of [
    ['Allow', [1, 2], 'Normal SuccessfulCreate Created job'],
    ['Forbid', [1], 'Normal JobAlreadyActive Not starting job because prior execution is running and concurrency policy is Forbid'],
    ['Replace', [2], 'Normal SuccessfulCreate Created job'],
  ] as const) {
    const cron = await run({ concurrencyPolicy });
    await cron.settle(2 * minute + 1000);
    assert.deepEqual(
      await cron.jobs(),
      left.map((n) => nameAt(start + n * minute)),
      concurrencyPolicy,
    );
    assert.ok((await cron.events()).at(-1)?.startsWith(last), `${concurrencyPolicy}: ${(await cron.events()).join()}`);
    assert.equal((await cron.status())?.active?.length, left.length, concurrencyPolicy);
    cron.stop();
  }
});

test('forbidden while another runs, it starts as soon as that ends', async () => {
  const cron = await run({ concurrencyPolicy: 'Forbid' });
  await cron.settle(2 * minute + 20_000);
  await cron.finish(nameAt(start + minute));
  assert.deepEqual((await cron.jobs()).at(-1), nameAt(start + 2 * minute));
  cron.stop();
});

test('of missed starts the last is made up for, if it is not too late', async () => {
  const hour = 60 * minute;
  const missed: [spec: Partial<CronJobSpec>, made: number, jobs: number[], event: string | undefined][] = [
    [{ schedule: '30 * * * *' }, 10 * hour, [Date.UTC(2025, 0, 1, 9, 30)], undefined],
    [{ schedule: '30 * * * *' }, 300 * hour, [Date.UTC(2025, 0, 1, 9, 30)], 'TooManyMissedTimes'],
    [{ schedule: '30 * * * *', startingDeadlineSeconds: 1000 }, 300 * hour, [], undefined],
    [{ schedule: '30 * * * *', startingDeadlineSeconds: 1000 * 60 }, 300 * hour, [Date.UTC(2025, 0, 1, 9, 30)], undefined],
    [{ schedule: '@every 7h', startingDeadlineSeconds: 10 }, 10 * hour, [], 'MissSchedule'],
    [{ schedule: '@every 7h' }, 10 * hour, [start - 3 * hour], undefined],
    [{ schedule: '30 6-16/4 * * 1-5' }, 100 * hour, [Date.UTC(2025, 0, 1, 6, 30)], undefined],
    [{ schedule: '0 0,1,2 * * 1-5' }, 20 * hour, [], undefined],
    [{ schedule: '0 0 31 2 *' }, hour, [], 'InvalidSchedule'],
    [{ suspend: true }, hour, [], undefined],
  ];
  for (const [spec, made, jobs, event] of missed) {
    const cron = await run(spec, { made });
    assert.deepEqual(await cron.jobs(), jobs.map(nameAt), JSON.stringify(spec));
    assert.equal((await cron.events()).find((e) => e.startsWith('Warning'))?.split(' ')[1], event, JSON.stringify(spec));
    cron.stop();
  }
});

test('keeps as many finished jobs as it should', async () => {
  const cron = await run({ successfulJobsHistoryLimit: 2, failedJobsHistoryLimit: 0 });
  for (const n of [1, 2, 3, 4]) {
    await cron.settle(minute + 100);
    await cron.finish(nameAt(start + n * minute), n === 2 ? 'Failed' : 'Complete');
  }
  assert.deepEqual(
    await cron.jobs(),
    [3, 4].map((n) => nameAt(start + n * minute)),
  );
  assert.equal((await cron.status())?.active, undefined);
  cron.stop();
});

test('dead between the job and the status, its successor makes no second one', async () => {
  const cron = await run({ schedule: '0 * * * *' });
  let lives = false;
  cron.client.onAction(({ verb, resource }) => {
    if (!lives && verb === 'update' && resource === 'cronjobs/status') throw new Error('gone');
  });
  await cron.settle(3 * minute);
  cron.stop();
  const name = nameAt(start + 2 * minute);
  assert.deepEqual([await cron.jobs(), (await cron.status())?.active], [[name], undefined]);
  lives = true;
  const successor = await startControllers((context) => [cronJobController(context)], cron);
  assert.deepEqual([await cron.jobs(), (await cron.status())?.active?.map((job) => job.name)], [[name], [name]]);
  successor.stop();
});

test('tells of jobs that are gone, or not of its making', async () => {
  const cron = await run(
    { schedule: '0 0 1 1 *' },
    { status: { active: [{ name: 'lost', namespace: 'd', uid: 'x' }], lastScheduleTime: '2025-01-01T00:00:00Z' } },
  );
  const { uid = '' } = (await cron.client.resource(cronJobKind).get(ref)).metadata;
  const ownerReferences = [{ apiVersion: 'batch/v1', kind: 'CronJob', name: ref.name, uid, controller: true }];
  await cron.client.resource(jobKind).create({ metadata: { ...ref, name: 'found', ownerReferences }, spec: { template: {} } } as Job);
  await cron.settle();
  assert.deepEqual(await cron.events(), [
    'Normal MissingJob Active job went missing: lost',
    'Warning UnexpectedJob Saw a job that the controller did not create or forgot: found',
  ]);
  assert.equal((await cron.status())?.active, undefined);
  cron.stop();
});
