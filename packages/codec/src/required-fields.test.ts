import assert from 'node:assert/strict';
import { test } from 'node:test';
import { completeRequired } from './required-fields.ts';

function completed(type: string, object: Record<string, unknown>): Record<string, unknown> {
  completeRequired(object, type);
  return object;
}

test('what Go cannot leave out is there with its zero value, at any depth', () => {
  assert.deepEqual(completed('Pod', { metadata: {}, spec: { volumes: [{ secret: {}, projected: {} }] } }), {
    metadata: {},
    spec: { containers: [], volumes: [{ name: '', secret: {}, projected: {} }] },
  });
  assert.deepEqual(completed('HorizontalPodAutoscalerV2', { metadata: {}, spec: { metrics: [{ resource: {} }] } }), {
    metadata: {},
    spec: { maxReplicas: 0, scaleTargetRef: { kind: '', name: '' }, metrics: [{ type: '', resource: { name: '', target: { type: '' } } }] },
  });
});

test('a pointer may be absent', () => {
  assert.deepEqual(completed('DeploymentSpec', {}), { template: {} });
  assert.deepEqual(completed('Event', { metadata: {} }), { metadata: {} }, 'a time has no zero');
});
