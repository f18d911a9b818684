import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jobKind } from '@t8s/api';
import { formatTime } from '@t8s/meta';
import { startControllers } from '../../test-context.ts';
import { ttlAfterFinishedController } from './controller.ts';

test('a finished job goes when its time is up, and not when that was put off', async () => {
  const { client, clock, settle, stop } = await startControllers((context) => [ttlAfterFinishedController(context)]);
  const jobs = client.resource(jobKind);
  const make = (name: string, type: string, ttlSecondsAfterFinished?: number): Promise<unknown> =>
    jobs.create({
      metadata: { name, namespace: 'd' },
      spec: { template: {}, ...(ttlSecondsAfterFinished !== undefined && { ttlSecondsAfterFinished }) },
      status: { conditions: [{ type, status: 'True', lastTransitionTime: formatTime(clock.now()) }] },
    });
  await make('complete', 'Complete', 10);
  await make('failed', 'Failed', 10);
  await make('later', 'Complete', 10);
  await make('suspended', 'Suspended', 10);
  await make('kept', 'Complete');
  await make('at-once', 'Complete', 0);
  const names = async (): Promise<(string | undefined)[]> =>
    (await jobs.list()).items.filter((job) => !job.metadata.deletionTimestamp).map((job) => job.metadata.name);
  await settle(9000);
  assert.deepEqual(await names(), ['complete', 'failed', 'later', 'suspended', 'kept']);
  await jobs.patch({ namespace: 'd', name: 'later' }, { type: 'merge', body: { spec: { ttlSecondsAfterFinished: 60 } } });
  await settle(2000);
  assert.deepEqual(await names(), ['later', 'suspended', 'kept']);
  assert.deepEqual((await jobs.get({ namespace: 'd', name: 'failed' })).metadata.finalizers, ['foregroundDeletion']);
  await settle(60_000);
  assert.deepEqual(await names(), ['suspended', 'kept']);
  stop();
});
