import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kubectlOfTests } from '../../test-run.ts';

const kubectl = kubectlOfTests();

test('variables keep their places, and know where they come from', async () => {
  assert.equal(await kubectl('set env deploy/web B=1 A=2'), 'deployment.apps/web env updated\n');
  assert.equal(await kubectl('set env deploy/web -', 'B=3\nC=4\n'), 'deployment.apps/web env updated\n');
  await kubectl('create secret generic s --from-literal=user-name=me');
  assert.match(
    await kubectl('set env deploy/web A- --from=secret/s'),
    /^deployment.apps\/web env updated\nWarning: key user-name transferred to USER_NAME/,
  );
  const listed = '# Deployment web, container nginx\nB=3\nC=4\n';
  assert.equal(await kubectl('set env deploy/web --list'), `${listed}# USER_NAME from secret s, key user-name\n`);
  assert.equal(await kubectl('set env deploy/web --list --resolve'), `${listed}USER_NAME=me\n`);
  assert.match(await kubectl('set env deploy/web B=1 B-'), /^error: can not both modify and remove/);
});

test('resources, selectors, accounts', async () => {
  assert.equal(await kubectl('set resources deploy web --limits=cpu=1000m'), 'deployment.apps/web resource requirements updated\n');
  assert.equal(await kubectl('get deploy web -o jsonpath={.spec.template.spec.containers[0].resources.limits.cpu}'), '1');
  assert.equal(await kubectl('set selector svc web a=b'), 'service/web selector updated\n');
  assert.equal(await kubectl('set sa deploy web robot'), 'deployment.apps/web serviceaccount updated\n');
  assert.equal(await kubectl('set resources svc web --limits=cpu=1').then((text) => text.includes('the object is not a pod')), true);
});
