import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '@t8s/api';
import { run, startCluster } from '../../test-run.ts';
import type { Flags } from '../verb.ts';
import { judge } from './evictable.ts';

const flags = (...on: string[]): Flags => ({ on: (name: string) => on.includes(name), number: () => 0 }) as unknown as Flags;
const owned = { name: 'x', kind: 'ReplicaSet', apiVersion: 'apps/v1', uid: 'u', controller: true };
const pod = (metadata: object, spec: object = {}, phase = 'Running'): Pod =>
  ({ metadata: { name: 'p', namespace: 'default', ...metadata }, spec: { containers: [], ...spec }, status: { phase } }) as unknown as Pod;
const local = { volumes: [{ name: 'v', emptyDir: {} }] };

test('which pods go, and why others stay', async () => {
  const judged = async (of: Pod, ...on: string[]): Promise<string> => {
    const { goes, error, warning } = await judge({} as never, of, flags(...on));
    return error ?? warning ?? (goes ? 'goes' : 'stays');
  };
  assert.match(await judged(pod({})), /declare no controller \(use --force to override\)/);
  assert.equal(await judged(pod({}), 'force'), 'deleting Pods that declare no controller');
  assert.equal(await judged(pod({}, {}, 'Succeeded')), 'goes');
  assert.equal(await judged(pod({ ownerReferences: [owned] })), 'goes');
  assert.match(await judged(pod({ ownerReferences: [owned] }, local)), /^Pods with local storage/);
  assert.equal(await judged(pod({ ownerReferences: [owned] }, local), 'delete-emptydir-data'), 'goes');
  assert.equal(await judged(pod({ annotations: { 'kubernetes.io/config.mirror': 'x' } })), 'stays');
});

test('a node that can not be emptied is closed all the same', async (t) => {
  const api = await startCluster();
  t.after(() => api.stop());
  const { out, err, code } = await run(['drain', 'node-0'], { api });
  assert.deepEqual([out, code], ['node/node-0 cordoned\n', 1]);
  assert.match(err, /^error: unable to drain node "node-0" due to error: .*\nThere are pending nodes to be drained:\n node-0\n/);
  assert.equal((await run(['uncordon', 'node-0'], { api })).out, 'node/node-0 uncordoned\n');
});
