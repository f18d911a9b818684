import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventKind, nodeKind, type Pod, podKind, type Toleration } from '@t8s/api';
import { startControllers } from '../../test-context.ts';
import { taintEvictionController } from './controller.ts';

const pod = (name: string, ...tolerations: Toleration[]): Pod => ({
  metadata: { name, namespace: 'd' },
  spec: { nodeName: 'n1', containers: [], tolerations },
});
const down = { key: 'down', effect: 'NoExecute', timeAdded: '2025-01-01T00:00:00Z' };

test('a NoExecute taint moves pods out, each in its time; without it they stay', async () => {
  const { client, settle, stop } = await startControllers((context) => [taintEvictionController(context)]);
  const names = async (): Promise<(string | undefined)[]> =>
    (await client.resource(podKind).list()).items.map((p) => p.metadata.name).sort();
  await client.resource(nodeKind).create({ metadata: { name: 'n1' }, spec: {} });
  await client.resource(podKind).create(pod('at-once'));
  await client.resource(podKind).create(pod('in-time', { key: 'down', operator: 'Exists', tolerationSeconds: 60 }));
  await client.resource(podKind).create(pod('never', { operator: 'Exists' }));
  await settle();
  assert.deepEqual(await names(), ['at-once', 'in-time', 'never']);
  const taint = (taints: unknown): Promise<unknown> =>
    client.resource(nodeKind).patch({ name: 'n1' }, { type: 'merge', body: { spec: { taints } } });
  await taint([down]);
  await settle(1000);
  assert.deepEqual(await names(), ['in-time', 'never']);
  const patch = client.actions.find(({ verb, resource }) => verb === 'patch' && resource === 'pods/status')?.object as Pod;
  const condition = { type: 'DisruptionTarget', status: 'True', reason: 'DeletionByTaintManager', observedGeneration: 1 };
  const words = { message: 'Taint manager: deleting due to NoExecute taint', lastTransitionTime: '2025-01-01T00:00:00Z' };
  assert.deepEqual(patch.status?.conditions, [{ ...condition, ...words }]);
  const said = async (): Promise<string[]> => (await client.resource(eventKind).list()).items.map((e) => `${e.reason}: ${e.message}`);
  assert.deepEqual(await said(), ['TaintManagerEviction: Marking for deletion Pod d/at-once']);
  await taint(null);
  await settle(120_000);
  assert.equal((await said()).at(-1), 'TaintManagerEviction: Cancelling deletion of Pod d/in-time');
  assert.deepEqual(await names(), ['in-time', 'never'], 'the taint went in time');
  await taint([down]);
  await settle(1000);
  assert.deepEqual(await names(), ['never']);
  await taint(null);
  await client.resource(podKind).create(pod('later', { key: 'down', operator: 'Exists', tolerationSeconds: 60 }));
  await taint([{ key: 'down', effect: 'NoExecute' }]);
  await settle(59_000);
  await taint([
    { key: 'down', effect: 'NoExecute' },
    { key: 'slow', effect: 'NoSchedule' },
  ]);
  assert.deepEqual(await names(), ['later', 'never']);
  await settle(2000);
  assert.deepEqual(await names(), ['never'], 'a taint without a time counts from when it was seen');
  stop();
});
