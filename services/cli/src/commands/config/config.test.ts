import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { TestApiserver } from '../../test-apiserver.ts';
import { run } from '../../test-run.ts';

test('contexts are made, chosen, shown without secrets, and removed', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 't8s-config-'));
  const api = await TestApiserver.start();
  t.after(async () => {
    rmSync(dir, { recursive: true });
    await api.stop();
  });
  const file = join(dir, 'config');
  const config = async (line: string): Promise<string> => {
    const { out, err, code } = await run(['config', ...line.split(' ')], { api, env: { KUBECONFIG: file } });
    return out + err + (code === 0 ? '' : `[${code}]`);
  };
  assert.equal(await config('current-context'), 'error: current-context is not set\n[1]');
  assert.equal(await config('set-cluster c --server=https://x'), 'Cluster "c" set.\n');
  assert.equal(await config('set-credentials u --token=secret'), 'User "u" set.\n');
  assert.equal(await config('set-context a --cluster=c --user=u'), 'Context "a" created.\n');
  assert.equal(await config('use-context a'), 'Switched to context "a".\n');
  assert.equal(await config('set-context --current --namespace=n'), 'Context "a" modified.\n');
  assert.equal(await config('get-contexts'), 'CURRENT   NAME   CLUSTER   AUTHINFO   NAMESPACE\n*         a      c         u          n\n');
  const shown = await config('view');
  assert.match(shown, /\n {2}user:\n {4}token: REDACTED\n$/);
  assert.match(await config('view --raw'), /token: secret/);
  assert.match(readFileSync(file, 'utf8'), /^apiVersion: v1\nclusters:\n- cluster:\n {4}server: https:\/\/x\n {2}name: c\n/);
  assert.equal(await config('use-context b'), 'error: no context exists with the name: "b"\n[1]');
  assert.match(await config('delete-context a'), /^deleted context a from .*\nwarning: this removed your active context/);
});
