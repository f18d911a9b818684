import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Ingress, ingressKind } from '@t8s/api';
import type { KubeObject } from '@t8s/meta';
import { podWrite, storeOf } from '../test-objects.ts';
import { defaultIngressClass } from './plugin.ts';

const ingressClass = (name: string): KubeObject => ({
  metadata: { name, creationTimestamp: '2024-01-01T00:00:00Z', annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' } },
});

function classOf(spec: object, annotations: Record<string, string> = {}): string | undefined {
  const object = { metadata: { name: 'i', namespace: 'd', annotations }, spec } as KubeObject;
  const write = podWrite({}, { object, resource: { kind: ingressKind, storage: 'ingresses' } });
  defaultIngressClass(storeOf({ ingressclasses: [ingressClass('b'), ingressClass('a')] })).mutate?.(write);
  return (write.object as Ingress).spec.ingressClassName;
}

test('an ingress without a class gets the default one; of equals the first by name', () => {
  assert.equal(classOf({}), 'a');
  assert.equal(classOf({ ingressClassName: 'own' }), 'own');
  assert.equal(classOf({}, { 'kubernetes.io/ingress.class': 'old' }), undefined);
});
