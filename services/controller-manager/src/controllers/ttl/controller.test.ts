import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nodeKind } from '@t8s/api';
import { startControllers } from '../../test-context.ts';
import { ttlController } from './controller.ts';

test('each node is told for how long it may keep things, by the number of nodes, and not at each one more or less', async () => {
  const run = await startControllers((context) => [ttlController(context)]);
  const nodes = run.client.resource(nodeKind);
  const told = async (): Promise<string[]> => {
    await run.settle();
    const { items } = await nodes.list();
    return [...new Set(items.map(({ metadata }) => metadata.annotations?.['node.alpha.kubernetes.io/ttl'] ?? ''))];
  };
  const grow = async (from: number, to: number): Promise<string[]> => {
    for (let i = from; i < to; i++) await nodes.create({ metadata: { name: `n${i}` }, spec: {} });
    return told();
  };
  const shrink = async (from: number, to: number): Promise<string[]> => {
    for (let i = from; i > to; i--) await nodes.delete({ name: `n${i - 1}` });
    return told();
  };
  const seen = [await grow(0, 100), await grow(100, 101), await shrink(101, 90), await shrink(90, 89)];
  assert.deepEqual(seen, [['0'], ['15'], ['15'], ['0']]);
  await nodes.patch({ name: 'n0' }, { type: 'merge', body: { metadata: { annotations: { 'node.alpha.kubernetes.io/ttl': '7' } } } });
  assert.deepEqual(await told(), ['0']);
  run.stop();
});
