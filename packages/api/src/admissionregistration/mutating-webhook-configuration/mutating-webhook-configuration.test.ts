import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage } from '@t8s/meta';
import type { MutatingWebhookConfiguration } from '../../generated/types.ts';
import { mutatingWebhookConfigurationKind } from './kind.ts';

const { strategy } = mutatingWebhookConfigurationKind;
const of = (reinvocationPolicy?: string): MutatingWebhookConfiguration => {
  const webhook = { name: 'a.b.c', admissionReviewVersions: ['v1'], sideEffects: 'None', clientConfig: { url: 'https://h' } };
  const object = { metadata: { generation: 1 }, webhooks: [{ ...webhook, ...(reinvocationPolicy && { reinvocationPolicy }) }] };
  strategy.defaults?.(object);
  return object;
};

test('called once unless it says otherwise', () => {
  assert.equal(of().webhooks?.[0]?.reinvocationPolicy, 'Never');
  assert.deepEqual(strategy.validate?.(of()), []);
  assert.deepEqual((strategy.validate?.(of('x')) ?? []).map(fieldErrorMessage), [
    'webhooks[0].reinvocationPolicy: Unsupported value: "x": supported values: "IfNeeded", "Never"',
  ]);
});

test('another webhook is another generation', () => {
  const same = of();
  strategy.prepareForUpdate?.(same, of());
  const other = of('IfNeeded');
  strategy.prepareForUpdate?.(other, of());
  assert.deepEqual([same.metadata.generation, other.metadata.generation], [1, 2]);
});
