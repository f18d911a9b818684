import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '@t8s/api';
import { podWrite } from '../test-objects.ts';
import { defaultTolerationSeconds } from './plugin.ts';

async function tolerationsOf(write: ReturnType<typeof podWrite>): Promise<[string | undefined, number | undefined][]> {
  await defaultTolerationSeconds.mutate?.(write);
  return ((write.object as Pod).spec.tolerations ?? []).map(({ key, tolerationSeconds }) => [key, tolerationSeconds]);
}

test('pods stay five minutes on a node that is not ready or unreachable, unless they say so themselves', async () => {
  const [notReady, unreachable] = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];
  assert.deepEqual(await tolerationsOf(podWrite()), [
    [notReady, 300],
    [unreachable, 300],
  ]);
  const own = { key: notReady, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 5 };
  assert.deepEqual(await tolerationsOf(podWrite({ tolerations: [own] })), [
    [notReady, 5],
    [unreachable, 300],
  ]);
  assert.deepEqual(await tolerationsOf(podWrite({ tolerations: [{ operator: 'Exists' }] })), [[undefined, undefined]]);
  assert.equal((await tolerationsOf(podWrite({ tolerations: [{ ...own, effect: 'NoSchedule' }] }))).length, 3);
});

test('a pod that is updated gets them, too, but not by its status', async () => {
  const write = podWrite();
  assert.deepEqual(await tolerationsOf({ ...write, old: write.object, subresource: 'status' }), []);
  assert.equal((await tolerationsOf({ ...write, old: write.object })).length, 2);
});
