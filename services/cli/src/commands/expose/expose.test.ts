import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kubectlOfTests } from '../../test-run.ts';

const kubectl = kubectlOfTests();

test('a service made of what it exposes', async () => {
  assert.equal(await kubectl('expose deploy web --name=w2 --type=NodePort --target-port=8080 --port=81'), 'service/w2 exposed\n');
  assert.equal(
    await kubectl('get svc w2 -o jsonpath={.spec.selector}{.spec.ports[0].targetPort}{.spec.type}'),
    '{"app":"web"}8080NodePort',
  );
  assert.equal(await kubectl('expose pod web-1 --name=w3 --dry-run=client -o jsonpath={.spec.ports[*].port}'), '80');
  assert.equal(await kubectl('expose deploy web'), 'Error from server (AlreadyExists): services "web" already exists\n[1]');
  assert.equal(await kubectl('expose node node-0 --port=80'), 'error: cannot expose a Node\n[1]');
});
