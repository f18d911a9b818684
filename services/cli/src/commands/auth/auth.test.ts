import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TestApiserver } from '../../test-apiserver.ts';
import { run } from '../../test-run.ts';

test('yes and no are exit codes too; who one is', async (t) => {
  const asked: unknown[] = [];
  const api = await TestApiserver.start((request, response) => {
    if (!request.url?.includes('selfsubject')) return false;
    let text = '';
    request.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    request.once('end', () => {
      const { spec } = JSON.parse(text) as { spec?: { resourceAttributes?: { verb: string } } };
      asked.push(spec?.resourceAttributes);
      const status = spec ? { allowed: spec.resourceAttributes?.verb === 'get' } : { userInfo: { username: 'me', groups: ['a', 'b'] } };
      response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify({ status }));
    });
    return true;
  });
  t.after(() => api.stop());
  const kubectl = async (line: string): Promise<string> => {
    const { out, err, code } = await run(line.split(' '), { api });
    return `${out}${err}[${code}]`;
  };
  assert.equal(await kubectl('auth can-i get deploy/web --subresource=scale'), 'yes\n[0]');
  assert.deepEqual(asked[0], {
    namespace: 'default',
    verb: 'get',
    group: 'apps',
    resource: 'deployments',
    subresource: 'scale',
    name: 'web',
  });
  assert.equal(await kubectl('auth can-i delete pods'), 'no\n[1]');
  assert.equal(await kubectl('auth can-i delete pods -q'), '[1]');
  assert.match(await kubectl('auth can-i get nodes'), /^yes\nWarning: resource 'nodes' is not namespace scoped\n/);
  assert.equal(await kubectl('auth whoami'), 'ATTRIBUTE   VALUE\nUsername    me\nGroups      [a b]\n[0]');
});
