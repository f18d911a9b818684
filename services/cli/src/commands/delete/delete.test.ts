import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kubectlOfTests } from '../../test-run.ts';

const kubectl = kubectlOfTests();

test('by name, by file, by label, all', async () => {
  await kubectl('create cm a');
  await kubectl('create cm b');
  assert.equal(await kubectl('delete cm a nope'), 'configmap "a" deleted\nError from server (NotFound): configmaps "nope" not found\n[1]');
  assert.equal(await kubectl('delete cm nope --ignore-not-found'), '');
  assert.equal(await kubectl('delete -f -', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n'), 'configmap "b" deleted\n');
  assert.equal(await kubectl('delete cm --all'), 'No resources found\n');
  assert.equal(await kubectl('delete pod web-1 --dry-run=client'), 'pod "web-1" deleted (dry run)\n');
  assert.equal(await kubectl('delete pods,deploy -l app=web'), 'pod "web-1" deleted\ndeployment.apps "web" deleted\n');
});

test('what is not clear is not deleted', async () => {
  assert.equal(await kubectl('delete pods'), 'error: resource(s) were provided, but no name was specified\n[1]');
  assert.equal(await kubectl('delete svc web --all'), 'error: name cannot be provided when a selector is specified\n[1]');
  assert.match(await kubectl('delete'), /^error: You must provide one or more resources by argument or filename/);
  assert.match(await kubectl('delete svc web --cascade=x'), /^error: invalid cascade value \(x\)/);
});
