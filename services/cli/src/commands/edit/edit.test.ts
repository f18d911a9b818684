import assert from 'node:assert/strict';
import { readFileSync, unlinkSync } from 'node:fs';
import { test } from 'node:test';
import { run, startCluster } from '../../test-run.ts';

test('changes are sent; what is wrong is kept for another try', async (t) => {
  const api = await startCluster();
  t.after(() => api.stop());
  const edit = async (editor: string, ...args: string[]): Promise<string> => {
    const { out, err } = await run(['edit', ...args], { api, env: { PATH: process.env['PATH'], KUBE_EDITOR: editor } });
    return out + err;
  };
  assert.equal(await edit("sed -i 's/replicas: 2$/replicas: 5/'", 'deploy/web'), 'deployment.apps/web edited\n');
  assert.equal((await run(['get', 'deploy', 'web', '-o', 'jsonpath={.spec.replicas}'], { api })).out, '5');
  assert.equal(await edit("sed -i 's/^#.*/# another comment/'", 'deploy/web'), 'Edit cancelled, no changes made.\n');
  assert.equal(await edit('false', 'deploy/web'), 'error: there was a problem with the editor "false"\n');
  const said = await edit("sed -i 's/replicas: 5/replicas: -5/'", 'deploy/web');
  const [, path = ''] = /stored to "(.*)"\nerror: Edit cancelled, no valid changes were saved\.\n$/.exec(said) ?? [];
  const kept = readFileSync(path, 'utf8');
  unlinkSync(path);
  assert.match(kept, /^# deployments\.apps "web" was not valid:\n# \* spec\.replicas: Invalid value: -5/m);
});
