import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run, startCluster } from '../../test-run.ts';

test('taints are set, changed and removed, new ones in front', async (t) => {
  const api = await startCluster();
  t.after(() => api.stop());
  const taint = async (...args: string[]): Promise<string> => {
    const { out, err } = await run(['taint', 'nodes', 'node-0', ...args], { api });
    return out + err;
  };
  assert.equal(await taint('a=b:NoSchedule'), 'node/node-0 tainted\n');
  assert.equal(await taint('c:NoExecute'), 'node/node-0 tainted\n');
  assert.match(await taint('a=x:NoSchedule'), /already has a taint\(s\) with same effect\(s\) and --overwrite is false/);
  assert.equal(await taint('a=x:NoSchedule', '--overwrite'), 'node/node-0 modified\n');
  const { out } = await run(['get', 'node', 'node-0', '-o', 'jsonpath={range .spec.taints[*]}{.key}={.value}:{.effect} {end}'], { api });
  assert.equal(out, 'a=x:NoSchedule c=:NoExecute ');
  assert.equal(await taint('a-', 'c:NoExecute-'), 'node/node-0 untainted\n');
  assert.match(await taint('a-'), /^error: taint "a" not found/);
  assert.match(await taint('a:Never'), /invalid taint effect: Never, unsupported taint effect/);
});
