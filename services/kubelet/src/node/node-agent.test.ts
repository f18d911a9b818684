import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { type TestContext, test } from 'node:test';
import { type Node, nodeKind } from '@t8s/api';
import { FakeClock } from '@t8s/async';
import type { ImageService, RuntimeService } from '@t8s/cri';
import { silentLogger } from '@t8s/telemetry';
import { eventually, FakeClient } from '@t8s/testkit';
import { readMachine } from './machine.ts';
import { NodeAgent } from './node-agent.ts';
import { RuntimeHealth } from './runtime-health.ts';

/** An agent of node `n`, registered, and what ends it. */
async function registered(t: TestContext): Promise<{ agent: NodeAgent; client: FakeClient; said: string[]; signal: AbortSignal }> {
  const rootDir = mkdtempSync(`${tmpdir()}/t8s-node-agent-`);
  const abort = new AbortController();
  t.after(() => {
    abort.abort();
    rmSync(rootDir, { recursive: true });
  });
  const client = new FakeClient();
  const said: string[] = [];
  const clock = new FakeClock();
  const runtime = {
    status: async () => ({ status: { conditions: [] }, info: {} }),
    version: async () => ({ runtimeName: 'docker', runtimeVersion: '1' }),
  } as unknown as RuntimeService;
  const images = { listImages: async () => ({ images: [] }) } as unknown as ImageService;
  const source = { nodeName: 'n', nodeIps: ['10.0.0.1'], machine: readMachine(), maxPods: 110, rootDir, port: 10250 };
  const agent = new NodeAgent({
    client,
    clock,
    log: silentLogger,
    frequency: 10_000,
    event: (_node, _type, reason) => void said.push(reason),
    source: { ...source, runtime, images, health: new RuntimeHealth({ runtime, clock }) },
  });
  await agent.register(abort.signal);
  return { agent, client, said, signal: abort.signal };
}

/** What the node controller writes of a node it has not heard of. */
async function giveUp(client: FakeClient): Promise<Node> {
  const body = { status: { conditions: [{ type: 'Ready', status: 'Unknown', reason: 'NodeStatusUnknown' }] } };
  return client.resource(nodeKind).patch({ name: 'n' }, { type: 'strategic', subresource: 'status', body });
}

const ready = (client: FakeClient): Promise<void> =>
  eventually(async () => {
    const { status } = await client.resource(nodeKind).get({ name: 'n' });
    assert.equal(status?.conditions?.find(({ type }) => type === 'Ready')?.status, 'True');
  });

test('a node that was given up while it was away is Ready as soon as it hears of it', async (t) => {
  const { agent, client, signal } = await registered(t);
  void agent.run(signal);
  agent.observe(await giveUp(client));
  await ready(client);
});

test('what is heard while nobody waits for it is not lost', async (t) => {
  const { agent, client, signal } = await registered(t);
  agent.observe(await giveUp(client));
  // The clock stands still: no tick will come.
  void agent.run(signal);
  await ready(client);
});

test('what others say that the node has is for its pods, as long as they say so', async (t) => {
  const { agent, client, signal } = await registered(t);
  void agent.run(signal);
  for (const slots of ['2', null]) {
    const body = { status: { capacity: { 'example.com/slots': slots } } };
    agent.observe(await client.resource(nodeKind).patch({ name: 'n' }, { type: 'strategic', subresource: 'status', body }));
    await eventually(async () => {
      const { status } = await client.resource(nodeKind).get({ name: 'n' });
      assert.equal(status?.allocatable?.['example.com/slots'], slots ?? undefined);
    });
  }
});

test('tells what the node has, that it is ready again, and that it is closed and open', async (t) => {
  const { agent, client, said, signal } = await registered(t);
  assert.deepEqual(said, ['NodeHasSufficientMemory', 'NodeHasNoDiskPressure', 'NodeHasSufficientPID']);
  void agent.run(signal);
  agent.observe(await giveUp(client));
  await eventually(() => assert.equal(said.at(-1), 'NodeReady'));
  for (const [unschedulable, reason] of [
    [true, 'NodeNotSchedulable'],
    [null, 'NodeSchedulable'],
  ] as const) {
    agent.observe(await client.resource(nodeKind).patch({ name: 'n' }, { type: 'merge', body: { spec: { unschedulable } } }));
    assert.equal(said.at(-1), reason);
  }
});
