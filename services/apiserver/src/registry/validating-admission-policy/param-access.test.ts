import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Kind, validatingAdmissionPolicyBindingKind, validatingAdmissionPolicyKind } from '@t8s/api';
import type { Attributes } from '@t8s/auth';
import type { KubeObject } from '@t8s/meta';
import { storeOf } from '../../admission/test-objects.ts';
import type { Write } from '../../write-chain.ts';
import { ServedResources } from '../served-resources.ts';
import { paramAccess } from './param-access.ts';

const paramKind = { apiVersion: 'v1', kind: 'ConfigMap' };

/** What a write by jane is told, who may get what `may` says. */
function told(resource: string, spec: object, { may, old }: { may(asked: Attributes): boolean; old?: object }): string {
  const kind = (resource === 'validatingadmissionpolicies'
    ? validatingAdmissionPolicyKind
    : validatingAdmissionPolicyBindingKind) as unknown as Kind;
  const objects = storeOf({ validatingadmissionpolicies: [{ metadata: { name: 'p' }, spec: { paramKind } } as KubeObject] });
  const authorize = (asked: Attributes) => ({ decision: may(asked) ? ('allow' as const) : ('no-opinion' as const), reason: '' });
  const write = {
    resource: { kind, storage: resource },
    context: { user: { name: 'jane', groups: ['dev', 'ops'] } },
    object: { metadata: { name: 'x' }, spec },
    old: old && { metadata: {}, spec: old },
    subresource: '',
  };
  try {
    void paramAccess({ objects, served: new ServedResources(), authorize }).validate?.(write as unknown as Write);
    return 'nothing';
  } catch (error) {
    return (error as Error).message;
  }
}

test('who writes a policy may get all objects of its paramKind', () => {
  const ofAll = (asked: Attributes): boolean => 'resource' in asked && asked.resource === 'configmaps' && asked.name === '*';
  assert.equal(told('validatingadmissionpolicies', { paramKind }, { may: ofAll }), 'nothing');
  const words =
    'ValidatingAdmissionPolicy.admissionregistration.k8s.io "x" is invalid: spec.paramKind: Forbidden: user &{jane  [dev ops] map[]} must have "get" permission on all objects of the referenced paramKind (kind=ConfigMap, apiVersion=v1)';
  assert.equal(told('validatingadmissionpolicies', { paramKind }, { may: () => false }), words);
  assert.equal(told('validatingadmissionpolicies', { paramKind }, { may: () => false, old: { paramKind } }), 'nothing');
  assert.equal(told('validatingadmissionpolicies', {}, { may: () => false }), 'nothing');
});

test('who writes a binding may get what its paramRef means', () => {
  const spec = { policyName: 'p', paramRef: { name: 'a', namespace: 'd' } };
  const ofOne = (asked: Attributes): boolean =>
    'resource' in asked && `${asked.resource}/${asked.namespace}/${asked.name}` === 'configmaps/d/a';
  assert.equal(told('validatingadmissionpolicybindings', spec, { may: ofOne }), 'nothing');
  assert.match(
    told('validatingadmissionpolicybindings', { ...spec, policyName: 'unknown' }, { may: ofOne }),
    /spec.paramRef: Forbidden: user .* does not have "get" permission on the object referenced by paramRef$/,
  );
});
