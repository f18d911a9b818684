import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kubectlOfTests } from '../../test-run.ts';

const kubectl = kubectlOfTests();

test('objects from flags', async () => {
  assert.equal(await kubectl('create deployment d --image=nginx:1 --replicas=3 --port=80'), 'deployment.apps/d created\n');
  assert.equal(
    await kubectl('create deployment d --image=nginx:1'),
    'error: failed to create deployment: deployments.apps "d" already exists\n[1]',
  );
  assert.equal(await kubectl('create ns a --dry-run=server'), 'namespace/a created (server dry run)\n');
  assert.equal(
    await kubectl('create cm c --from-literal=a=b --dry-run=client -o yaml'),
    'apiVersion: v1\ndata:\n  a: b\nkind: ConfigMap\nmetadata:\n  creationTimestamp: null\n  name: c\n',
  );
  assert.match(
    await kubectl('create secret docker-registry r --docker-username=a --docker-password=b --dry-run=client -o yaml'),
    /type: kubernetes.io\/dockerconfigjson/,
  );
  assert.match(
    await kubectl('create svc nodeport s --tcp=80:8080 --dry-run=client -o jsonpath={.spec.ports[0]}'),
    /^\{"name":"80-8080","port":80,"protocol":"TCP","targetPort":8080\}/,
  );
  assert.equal(await kubectl('create sa x'), 'serviceaccount/x created\n');
  assert.equal(await kubectl('create pc p --value=5'), 'priorityclass.scheduling.k8s.io/p created\n');
});

test('objects from files; what the server refuses names the file', async () => {
  const files = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: f}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: F}\n';
  assert.match(
    await kubectl('create -f -', files),
    /^configmap\/f created\nThe ConfigMap "F" is invalid: metadata.name: Invalid value: "F"/,
  );
  assert.equal(await kubectl('create -f /nope'), 'error: the path "/nope" does not exist\n[1]');
  assert.equal(await kubectl('create -f -', ''), 'error: no objects passed to create\n[1]');
  assert.equal(
    await kubectl('create -f - -n x', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: f, namespace: other}'),
    `error: the namespace from the provided object "other" does not match the namespace "x". You must pass '--namespace=other' to perform this operation.\n[1]`,
  );
  assert.equal(await kubectl('create deployment'), 'error: required flag(s) "image" not set\n[1]');
  assert.equal(
    await kubectl('create configmap'),
    "error: exactly one NAME is required, got 0\nSee 'kubectl create configmap -h' for help and examples\n[1]",
  );
});
