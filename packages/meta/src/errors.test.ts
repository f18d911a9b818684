import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conflict, forbidden, invalid, notFound, objectModified } from './errors.ts';
import { invalidValue, notSupported, required } from './field-error.ts';

test('messages name the resource with its group', () => {
  assert.equal(notFound({ group: 'apps', resource: 'deployments' }, 'web').message, 'deployments.apps "web" not found');
  assert.equal(notFound({ group: '', resource: 'pods' }, 'web').message, 'pods "web" not found');
  assert.match(
    conflict({ group: '', resource: 'pods' }, 'web', objectModified).message,
    /^Operation cannot be fulfilled on pods "web": the object has been modified; /,
  );
  assert.equal(forbidden({ group: '', resource: 'pods' }, '', 'no').message, 'pods is forbidden: no');
});

test('Invalid joins its causes as kubectl shows them', () => {
  const one = invalid({ group: 'apps', kind: 'Deployment' }, 'web', [required('spec.selector')]);
  assert.equal(one.message, 'Deployment.apps "web" is invalid: spec.selector: Required value');
  assert.equal(one.code, 422);
  const two = invalid({ group: '', kind: 'Pod' }, 'p', [
    invalidValue('metadata.name', 'P', 'bad'),
    notSupported('spec.restartPolicy', 'x', ['Never', 'Always']),
  ]);
  assert.equal(
    two.message,
    'Pod "p" is invalid: [metadata.name: Invalid value: "P": bad, spec.restartPolicy: Unsupported value: "x": supported values: "Always", "Never"]',
  );
  assert.deepEqual(two.status.details?.causes?.[0], {
    reason: 'FieldValueInvalid',
    message: 'Invalid value: "P": bad',
    field: 'metadata.name',
  });
});
