import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { TestApiserver } from '../../test-apiserver.ts';
import { run } from '../../test-run.ts';

let api: TestApiserver;
const asked: string[] = [];
before(async () => {
  api = await TestApiserver.start((request, response) => {
    if (!request.url?.includes('/log?')) return false;
    asked.push(request.url.split('?')[1] ?? '');
    response.end('one\ntwo\n');
    return true;
  });
  const containers = [
    { name: 'a', image: 'x' },
    { name: 'b', image: 'x' },
  ];
  api.add('v1', 'Pod', { metadata: { name: 'p', namespace: 'default', labels: { app: 'p' } }, spec: { containers } });
  api.add('apps/v1', 'Deployment', {
    metadata: { name: 'd', namespace: 'default' },
    spec: { selector: { matchLabels: { app: 'p' } }, template: { metadata: { labels: { app: 'p' } }, spec: { containers } } },
  });
});
after(() => api.stop());
/** stdout and stderr together, and the exit code where it is not 0. */
const kubectl = async (line: string): Promise<string> => {
  const { out, err, code } = await run(line.split(' '), { api });
  return err + out + (code === 0 ? '' : `[${code}]`);
};

test('what a container has written, with what was asked for', async () => {
  assert.equal(await kubectl('logs p'), 'Defaulted container "a" out of: a, b\none\ntwo\n');
  assert.equal(await kubectl('logs p -c b --tail=1 --since=1m --timestamps -p'), 'one\ntwo\n');
  assert.equal(asked.at(-1), 'previous=true&timestamps=true&tailLines=1&sinceSeconds=60&container=b');
  assert.equal(await kubectl('logs deploy/d -c a'), 'one\ntwo\n');
  assert.equal(await kubectl('logs -l app=p --all-containers --prefix'), '[pod/p/a] one\n[pod/p/a] two\n[pod/p/b] one\n[pod/p/b] two\n');
  assert.match(asked.at(-1) ?? '', /tailLines=10/);
});

test('what can not be read is told in kubectl’s words', async () => {
  assert.equal(await kubectl('logs nope'), 'error: error from server (NotFound): pods "nope" not found in namespace "default"\n[1]');
  assert.equal(await kubectl('logs p -c nope'), 'error: container nope is not valid for pod p\n[1]');
  assert.equal(
    await kubectl('logs p --since=x'),
    'error: invalid argument "x" for "--since" flag: time: invalid duration "x"\nSee \'kubectl logs --help\' for usage.\n[1]',
  );
});
