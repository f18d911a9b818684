import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kubectlOfTests } from '../../test-run.ts';

const kubectl = kubectlOfTests();

const config = (data: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: ${data}\n`;

test('created, unchanged, configured; what was applied before and is gone now goes', async () => {
  assert.equal(await kubectl('apply -f -', config('{a: "1", b: "2"}')), 'configmap/c created\n');
  assert.equal(await kubectl('apply -f -', config('{a: "1", b: "2"}')), 'configmap/c unchanged\n');
  assert.equal(await kubectl('patch cm c -p {"data":{"theirs":"x"}}'), 'configmap/c patched\n');
  assert.equal(await kubectl('apply -f - --dry-run=server', config('{a: "3"}')), 'configmap/c configured (server dry run)\n');
  assert.equal(await kubectl('apply -f -', config('{a: "3"}')), 'configmap/c configured\n');
  assert.equal(await kubectl('get cm c -o jsonpath={.data}'), '{"a":"3","theirs":"x"}');
});

test('an object that apply did not make is warned of and taken over', async () => {
  const service = 'apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80, targetPort: 81}]}\n';
  assert.match(
    await kubectl('apply -f -', service),
    /^service\/web configured\nWarning: resource services\/web is missing the kubectl.kubernetes.io\/last-applied-configuration annotation/,
  );
  assert.match(
    await kubectl('apply -f -', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {}\n'),
    /^error: error when retrieving current configuration of:\nResource: "\/v1, Resource=configmaps"/,
  );
});
