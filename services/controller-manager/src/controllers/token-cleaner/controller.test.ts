import assert from 'node:assert/strict';
import { test } from 'node:test';
import { secretKind } from '@t8s/api';
import { formatTime } from '@t8s/meta';
import { bootstrapToken } from '../../certificates/test-tokens.ts';
import { startControllers } from '../../test-context.ts';
import { tokenCleanerController } from './controller.ts';

test('a token goes when its time is up, at once where what it says is no time', async () => {
  const { client, clock, settle, stop } = await startControllers((context) => [tokenCleanerController(context)]);
  const secrets = client.resource(secretKind);
  const names = async (): Promise<string[]> => (await secrets.list()).items.map(({ metadata }) => metadata.name?.slice(-6) ?? '').sort();
  await secrets.create(bootstrapToken('minute', { expiration: formatTime(clock.now() + 60_000) }));
  await secrets.create(bootstrapToken('always'));
  await secrets.create(bootstrapToken('notime', { expiration: 'tomorrow' }));
  await secrets.create({ ...bootstrapToken('opaque', { expiration: formatTime(clock.now()) }), type: 'Opaque' });
  await settle();
  assert.deepEqual(await names(), ['always', 'minute', 'opaque']);
  await settle(61_000);
  assert.deepEqual(await names(), ['always', 'opaque']);
  const writes = client.actions.length;
  await settle(3_600_000);
  assert.equal(client.actions.length, writes, 'idle is idle');
  stop();
});
