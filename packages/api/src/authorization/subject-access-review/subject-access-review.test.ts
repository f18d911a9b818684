import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage, type ObjectMeta } from '@t8s/meta';
import type { SubjectAccessReviewSpec } from '../../generated/types.ts';
import { subjectAccessReviewKind } from './kind.ts';

const messages = (spec: SubjectAccessReviewSpec, metadata: ObjectMeta = {}): string[] =>
  (subjectAccessReviewKind.strategy.validate?.({ metadata, spec }) ?? []).map(fieldErrorMessage);
const resourceAttributes = { verb: 'get', resource: 'pods' };

test('each rule by an example', () => {
  const at = 'spec.resourceAttributes';
  const user = 'u';
  assert.deepEqual(messages({ user, resourceAttributes }), []);
  assert.deepEqual(messages({ groups: ['g'], nonResourceAttributes: { path: '/' } }), []);
  assert.deepEqual(messages({}), [
    `${at}: Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified`,
    'spec.user: Invalid value: "": at least one of user or group must be specified',
  ]);
  assert.deepEqual(messages({ user, resourceAttributes, nonResourceAttributes: { path: '/' } }), [
    'spec.nonResourceAttributes: Invalid value: {"path":"/"}: cannot be specified in combination with resourceAttributes',
  ]);
  assert.deepEqual(messages({ user, resourceAttributes }, { name: 'n', managedFields: [] }), [
    'metadata: Invalid value: {"name":"n","managedFields":[]}: must be empty',
  ]);
});

test('selectors are text or requirements', () => {
  const at = 'spec.resourceAttributes';
  const of = (attributes: object): string[] => messages({ user: 'u', resourceAttributes: { ...resourceAttributes, ...attributes } });
  assert.deepEqual(of({ fieldSelector: { rawSelector: 'a=b' }, labelSelector: { requirements: [{ key: 'a', operator: 'New' }] } }), []);
  assert.deepEqual(of({ fieldSelector: {} }), [
    `${at}.fieldSelector.requirements: Required value: when ${at}.fieldSelector is specified, requirements or rawSelector is required`,
  ]);
  assert.deepEqual(of({ labelSelector: { rawSelector: 'a', requirements: [{ key: '-', operator: 'In' }] } }).slice(0, 2), [
    `${at}.labelSelector.rawSelector: Invalid value: "a": may not specified at the same time as requirements`,
    `${at}.labelSelector.requirements[0].values: Required value: must be specified when \`operator\` is 'In' or 'NotIn'`,
  ]);
  assert.deepEqual(of({ fieldSelector: { requirements: [{ key: '', operator: 'Exists', values: ['x'] }] } }), [
    `${at}.fieldSelector.requirements[0].values: Forbidden: may not be specified when \`operator\` is 'Exists' or 'DoesNotExist'`,
    `${at}.fieldSelector.requirements[0].key: Required value: must be specified`,
  ]);
});
