import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventKind, nodeKind, podKind } from '@t8s/api';
import { silentLogger } from '@t8s/telemetry';
import { eventually, FakeClient } from '@t8s/testkit';
import { Fields } from '../config/fields.ts';
import { createScheduler } from '../create-scheduler.ts';
import { registry } from '../plugins/registry.ts';
import { testNode, testPod } from '../test-objects.ts';
import type { Plugin } from './plugin.ts';
import type { PluginContext } from './plugin-context.ts';
import { profileOf } from './profile.ts';

interface Run {
  client: FakeClient;
  context: PluginContext;
  message: string;
}

/** Schedules one pod with the default plugins and these, until it has a node or a message. */
async function schedule(plugins: readonly Plugin[], check: (run: Run) => Promise<void>): Promise<void> {
  const client = new FakeClient();
  await client.resource(nodeKind).create(testNode({ name: 'a' }));
  await client.resource(podKind).create(testPod({ name: 'p', schedulerName: 'mine' }));
  const abort = new AbortController();
  let context: PluginContext | undefined;
  const make = (given: PluginContext) => {
    context = given;
    const defaults = registry.map(({ configure }) => configure(new Fields({}, '', []))(given));
    return profileOf(
      'mine',
      [...defaults, ...plugins].map((plugin) => ({ plugin })),
    );
  };
  const scheduler = createScheduler({ client, log: silentLogger, profiles: [{ schedulerName: 'mine', make }] });
  const ends = [scheduler.follow(abort.signal), scheduler.schedule(abort.signal)];
  const find = async () => (await client.resource(podKind).list()).items[0];
  try {
    await eventually(async () =>
      assert.ok((await find())?.spec.nodeName ?? (await find())?.status?.conditions?.[0] ?? context?.waiting.all()[0]),
    );
    assert.ok(context);
    await check({ client, context, message: (await find())?.status?.conditions?.[0]?.message ?? '' });
  } finally {
    abort.abort();
    await Promise.all(ends);
  }
}

/** Writes down which of its points are called, and does what `more` says. */
function spy(calls: string[], more: Partial<Plugin> = {}, name = 'Spy'): Plugin {
  const note = (call: string) => void calls.push(`${name} ${call}`);
  return {
    name,
    hints: {},
    sign: () => null,
    preEnqueue: () => note('preEnqueue') as undefined,
    reserve: () => note('reserve') as undefined,
    unreserve: () => note('unreserve'),
    permit: () => note('permit') as undefined,
    preBind: async () => note('preBind') as undefined,
    postBind: () => note('postBind'),
    ...more,
  };
}

const nodeOf = async ({ client }: Run) => (await client.resource(podKind).list()).items[0]?.spec.nodeName;

test('the points of a pod that is bound, in order', async () => {
  const calls: string[] = [];
  await schedule([spy(calls)], async (run) => {
    await eventually(() =>
      assert.deepEqual(
        calls,
        ['preEnqueue', 'reserve', 'permit', 'preBind', 'postBind'].map((point) => `Spy ${point}`),
      ),
    );
    assert.equal(await nodeOf(run), 'a');
    const [scheduled] = (await run.client.resource(eventKind).list()).items;
    assert.deepEqual([scheduled?.reason, scheduled?.source?.component], ['Scheduled', 'mine']);
  });
});

const p = { namespace: 'default', name: 'p' };
const elsewhere = { apiVersion: 'v1', kind: 'Binding', metadata: p, target: { kind: 'Node', name: 'b' } };

const rejection = { code: 'Unschedulable', reasons: ['the spy says no'] } as const;
const refusals: { point: string; plugin: Partial<Plugin>; calls: string[] }[] = [
  { point: 'reserve', plugin: { reserve: () => rejection }, calls: ['Other reserve'] },
  { point: 'permit', plugin: { permit: () => ({ rejection }) }, calls: ['Other reserve', 'Spy reserve', 'Other permit'] },
  {
    point: 'preBind',
    plugin: { preBind: async () => rejection },
    calls: ['Other reserve', 'Spy reserve', 'Other permit', 'Spy permit', 'Other preBind'],
  },
];

for (const { point, plugin, calls: before } of refusals)
  test(`a rejection at ${point} gives everything back, the last taken first`, async () => {
    const calls: string[] = [];
    await schedule(
      [spy(calls, { preEnqueue: undefined as never }, 'Other'), spy(calls, { preEnqueue: undefined as never, ...plugin })],
      async (run) => {
        assert.deepEqual(calls, [...before, 'Spy unreserve', 'Other unreserve']);
        assert.equal(run.message, '0/1 nodes are available: 1 the spy says no.');
        assert.equal(run.context.cache.node('a')?.pods.size, 0);
      },
    );
  });

for (const [how, lose] of Object.entries({
  deleted: ({ client }: Run) => client.resource(podKind).delete({ namespace: 'default', name: 'p' }),
  'placed by another': ({ client }: Run) => client.resource(podKind).createSubresource(p, 'binding', elsewhere),
}))
  test(`a pod that is ${how} while it is got ready is not waited for, and holds nothing`, async () => {
    const calls: string[] = [];
    const ready = (_: unknown, __: string, signal: AbortSignal) =>
      new Promise<undefined>((_, reject) => {
        calls.push('waits');
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    await schedule([spy(calls, { permit: () => ({ wait: 60_000 }), preBind: ready })], async (run) => {
      run.context.waiting.all()[0]?.allow('Spy');
      await eventually(() => assert.equal(calls.at(-1), 'waits'));
      await lose(run);
      await eventually(() => assert.deepEqual([calls.at(-1), run.context.cache.node('a')?.pods.size], ['Spy unreserve', 0]));
      assert.equal((await run.client.resource(eventKind).list()).items.length, 0, 'nobody is told of a failure');
    });
  });

test('permit holds a pod until it is allowed, or rejected by hand or by time', async () => {
  const held = (calls: string[], wait: number) => spy(calls, { permit: () => ({ wait }) });
  await schedule([held([], 60_000)], async (run) => {
    const [pod] = run.context.waiting.all();
    assert.deepEqual([pod?.nodeName, pod?.pending, run.context.cache.node('a')?.pods.size], ['a', ['Spy'], 1]);
    assert.equal(await nodeOf(run), undefined);
    pod?.allow('Spy');
    await eventually(async () => assert.equal(await nodeOf(run), 'a'));
  });
  await schedule([held([], 60_000)], async (run) => {
    await run.client.resource(podKind).delete({ namespace: 'default', name: 'p' });
    await eventually(() => assert.deepEqual([run.context.waiting.all(), run.context.cache.node('a')?.pods.size], [[], 0]));
  });
  // One that still waits when the scheduler is told to end holds up nothing.
  await schedule([held([], 60_000)], async () => undefined);
  const messageOf = async ({ client }: Run) => (await client.resource(podKind).list()).items[0]?.status?.conditions?.[0]?.message;
  await schedule([held([], 60_000)], async (run) => {
    run.context.waiting.all()[0]?.reject('Spy', 'the gang is gone');
    await eventually(async () => assert.equal(await messageOf(run), '0/1 nodes are available: 1 the gang is gone.'));
  });
  await schedule([held([], 20)], async (run) => {
    const message = '0/1 nodes are available: 1 rejected due to timeout after waiting 0.02s at plugin Spy.';
    await eventually(async () => assert.equal(await messageOf(run), message));
  });
});
