import assert from 'node:assert/strict';
import { test } from 'node:test';
import { typedForm } from './typed-form.ts';

test('fields stand as the types declare them, keys of maps sorted; embedded structs are always there', () => {
  const template = { spec: { containers: [{ resources: {}, image: 'i', name: 'c' }] }, metadata: { labels: { b: '1', a: '2' } } };
  const typed = typedForm(
    { spec: { template, replicas: 1 }, metadata: { name: 'd' }, nope: 1, apiVersion: 'apps/v1', kind: 'Deployment' },
    'Deployment',
  );
  assert.equal(
    JSON.stringify(typed),
    '{"kind":"Deployment","apiVersion":"apps/v1","metadata":{"name":"d","creationTimestamp":null},' +
      '"spec":{"replicas":1,"template":{"metadata":{"creationTimestamp":null,"labels":{"a":"2","b":"1"}},' +
      '"spec":{"containers":[{"name":"c","image":"i","resources":{}}]}},"strategy":{}},"status":{}}',
  );
});
