import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run, startCluster } from '../../test-run.ts';

test('the API under a prefix, to this machine only, and not what runs commands', async (t) => {
  const api = await startCluster();
  t.after(() => api.stop());
  const abort = new AbortController();
  let said = '';
  const args = ['proxy', '--port=0', '--api-prefix=/k8s'];
  const hear = (text: string): void => {
    said += text;
  };
  const serving = run(args, { api, signal: abort.signal, hear });
  while (!said.endsWith('\n')) await new Promise((done) => setImmediate(done));
  const [, address = ''] = /^Starting to serve on (127\.0\.0\.1:\d+)\n$/.exec(said) ?? [];
  const ask = (path: string): Promise<Response> => fetch(`http://${address}${path}`);
  const pods = (await (await ask('/k8s/api/v1/namespaces/default/pods')).json()) as { items: unknown[] };
  assert.equal(pods.items.length, 1);
  assert.equal((await ask('/k8s/api/v1/namespaces/default/pods/nope')).status, 404);
  assert.equal((await ask('/api/v1/pods')).status, 404);
  const port = address.split(':')[1];
  assert.equal((await fetch(`http://127.1.1.1:${port}/k8s/api`).catch(() => ({ status: 0 }))).status, 0);
  abort.abort();
  assert.equal((await serving).code, 0);
});
