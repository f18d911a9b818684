import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TestApiserver } from '../../test-apiserver.ts';
import { run } from '../../test-run.ts';

test('kinds and versions that the server offers', async (t) => {
  const api = await TestApiserver.start();
  t.after(() => api.stop());
  const kubectl = async (line: string): Promise<string> => (await run(line.split(' '), { api })).out;
  assert.match(await kubectl('api-resources'), /^NAME +SHORTNAMES +APIVERSION +NAMESPACED +KIND\n[\s\S]*\npods +po +v1 +true +Pod\n/);
  assert.match(await kubectl('api-resources --namespaced=false -o name'), /^componentstatuses\nnamespaces\nnodes\n/);
  assert.match(await kubectl('api-resources --api-group=apps --no-headers'), /\ndeployments +deploy +apps\/v1 +true +Deployment\n/);
  assert.match(await kubectl('api-versions'), /\napps\/v1\n[\s\S]*\nv1\n$/);
});
