import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ResourceAttributes } from '@t8s/auth';
import type { OwnerReference } from '@t8s/meta';
import { ServedResources } from '../../registry/served-resources.ts';
import type { Write } from '../../write-chain.ts';
import { podWrite } from '../test-objects.ts';
import { ownerReferencesPermissionEnforcement } from './plugin.ts';

const owner = (change: Partial<OwnerReference> = {}): OwnerReference => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  name: 'rs',
  uid: '1',
  ...change,
});

/** Why a pod with these owners is refused to somebody who may do what is listed: `delete pods/web`. */
function refusal(may: string[], owners: OwnerReference[], change: Partial<Write> = {}): string | undefined {
  const plugin = ownerReferencesPermissionEnforcement((asked) => {
    const { verb, group, resource, subresource, namespace, name } = asked as ResourceAttributes;
    const what = `${verb} ${namespace} ${resource}.${group}${subresource && `/${subresource}`} ${name}`;
    return { decision: may.includes(what) ? 'allow' : 'no-opinion', reason: '' };
  }, new ServedResources());
  const write = podWrite({}, change);
  write.object.metadata.ownerReferences = owners;
  try {
    void plugin.validate?.(write);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

const head = 'pods "web" is forbidden: cannot set';
const mayDelete = 'delete d pods. web';
const mayFinalize = 'update d replicasets.apps/finalizers rs';
const before = (...owners: OwnerReference[]): Partial<Write> => ({ old: { metadata: { name: 'web', ownerReferences: owners } } });

test('an owner is set by who may delete the object', () => {
  assert.equal(refusal([], []), undefined);
  assert.equal(refusal([], [owner()]), `${head} an ownerRef on a resource you can't delete: , <nil>`);
  assert.equal(refusal([mayDelete], [owner()]), undefined);
  assert.equal(refusal([], [owner()], before(owner())), undefined, 'nothing changes');
  assert.match(refusal([], [], before(owner())) ?? '', /an ownerRef on a resource/, 'nor may it be taken away');
  assert.equal(refusal([], [owner()], { ...before(), subresource: 'status' }), undefined);
});

test('owners wait for it where their finalizers may be set', () => {
  const blocking = owner({ blockOwnerDeletion: true });
  const refused = `${head} blockOwnerDeletion if an ownerReference refers to a resource you can't set finalizers on: , <nil>`;
  assert.equal(refusal([mayDelete], [blocking]), refused);
  assert.equal(refusal([mayDelete], [blocking], before(owner())), refused);
  assert.equal(refusal([mayDelete], [blocking, owner({ uid: '2' })], before(blocking)), undefined, 'it did before');
  assert.equal(refusal([mayDelete, mayFinalize], [blocking]), undefined);
  assert.equal(refusal([mayDelete, 'update  *.*/finalizers *'], [blocking, owner({ kind: 'Nope', blockOwnerDeletion: true })]), undefined);
  const node = owner({ apiVersion: 'v1', kind: 'Node', name: 'n1', blockOwnerDeletion: true });
  assert.equal(refusal([mayDelete, 'update  nodes./finalizers n1'], [node]), undefined);
  assert.equal(
    refusal([mayDelete], [owner({ kind: 'Nope', blockOwnerDeletion: true })]),
    `${head} blockOwnerDeletion in this case because cannot find RESTMapping for APIVersion apps/v1 Kind Nope: no matches for kind "Nope" in version "apps/v1"`,
  );
});
