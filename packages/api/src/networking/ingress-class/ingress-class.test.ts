import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage } from '@t8s/meta';
import type { IngressClass } from '../../generated/types.ts';
import { ingressClassKind } from './kind.ts';

const { strategy, columns = [] } = ingressClassKind;
const of = (spec: IngressClass['spec']): IngressClass => {
  const object: IngressClass = { metadata: { name: 'c' }, spec };
  strategy.defaults?.(object);
  return object;
};
const messages = (spec: IngressClass['spec']): string[] => (strategy.validate?.(of(spec)) ?? []).map(fieldErrorMessage);
const parameters = { apiGroup: 'x.io', kind: 'K', name: 'p' };

test('each rule by an example', () => {
  const controller = 'x.io/c';
  const at = 'spec.parameters.namespace';
  assert.deepEqual(messages({ controller, parameters }), []);
  assert.deepEqual(messages({}), ['spec.controller: Required value']);
  assert.deepEqual(messages({ controller: 'x' }), [
    'spec.controller: Invalid value: "x": must be a domain-prefixed path (such as "acme.io/foo")',
  ]);
  assert.match(messages({ controller: 'x/a b' }).join(), /^spec.controller: Invalid value: "a b": Invalid path \(regex used/);
  assert.match(messages({ controller: `x.io/${'a'.repeat(250)}` }).join(), /^spec.controller: Too long: may not be more than 250 bytes$/);
  assert.deepEqual(messages({ controller, parameters: { ...parameters, namespace: 'n' } }), [
    `${at}: Forbidden: \`parameters.scope\` is set to 'Cluster'`,
  ]);
  assert.deepEqual(messages({ controller, parameters: { ...parameters, scope: 'Namespace' } }), [
    `${at}: Required value: \`parameters.scope\` is set to 'Namespace'`,
  ]);
  assert.deepEqual(messages({ controller, parameters: { ...parameters, scope: 'x' } }), [
    'spec.parameters.scope: Unsupported value: "x": supported values: "Cluster", "Namespace"',
  ]);
});

test('the controller stays; the row', () => {
  const old = of({ controller: 'x.io/c', parameters });
  assert.equal(old.spec.parameters?.scope, 'Cluster');
  assert.deepEqual((strategy.validateUpdate?.(of({ controller: 'x.io/d' }), old) ?? []).map(fieldErrorMessage), [
    'spec.controller: Invalid value: "x.io/d": field is immutable',
  ]);
  assert.deepEqual(
    columns.map((column) => column.cell(old, 0)),
    ['c', 'x.io/c', 'K.x.io/p', '<unknown>'],
  );
});
