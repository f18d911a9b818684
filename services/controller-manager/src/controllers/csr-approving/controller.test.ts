import assert from 'node:assert/strict';
import { test } from 'node:test';
import { certificateSigningRequestKind, type SubjectAccessReview, subjectAccessReviewKind } from '@t8s/api';
import { FakeClock } from '@t8s/async';
import type { ResourceClient, ResourceRef } from '@t8s/client';
import type { KubeObject } from '@t8s/meta';
import { FakeClient } from '@t8s/testkit';
import { csr, node } from '../../certificates/test-requests.ts';
import { startControllers } from '../../test-context.ts';
import { csrApprovingController } from './controller.ts';

/** Answers reviews: who may create which sub-resource. */
class ReviewingClient extends FakeClient {
  readonly rights = new Set<string>();

  override resource<T extends KubeObject>(kind: ResourceRef<T>): ResourceClient<T> {
    const resource = super.resource(kind);
    if (kind.resource !== subjectAccessReviewKind.resource) return resource;
    const create = async (review: SubjectAccessReview): Promise<SubjectAccessReview> => {
      const { user = '', resourceAttributes } = review.spec;
      return { ...review, status: { allowed: this.rights.has(`${user} ${resourceAttributes?.subresource}`) } };
    };
    return Object.assign(Object.create(resource) as ResourceClient<T>, { create });
  }
}

test('a kubelet’s request is approved for who may have it approved, in upstream’s words; no other is touched', async () => {
  const clock = new FakeClock();
  const client = new ReviewingClient({ clock });
  client.rights.add('system:bootstrap:abcdef nodeclient').add('system:node:a selfnodeclient');
  const requests = client.resource(certificateSigningRequestKind);
  for (const one of [
    await csr('first', { username: 'system:bootstrap:abcdef' }),
    await csr('next', { username: 'system:node:a' }),
    await csr('of-another', { username: 'system:node:a', subject: { ...node, commonName: 'system:node:b' } }),
    await csr('later', { username: 'jane' }),
    await csr('with-names', { username: 'system:node:a', hosts: ['a'] }),
    await csr('serving', { username: 'system:node:a', hosts: ['a'], signerName: 'kubernetes.io/kubelet-serving' }),
  ])
    await requests.create(one);
  const { settle, stop } = await startControllers((context) => [csrApprovingController(context)], { client, clock });
  const decision = async (name: string): Promise<string | undefined> => (await requests.get({ name })).status?.conditions?.[0]?.message;
  assert.equal(await decision('first'), 'Auto approving kubelet client certificate after SubjectAccessReview.');
  assert.equal(await decision('next'), 'Auto approving self kubelet client certificate after SubjectAccessReview.');
  for (const name of ['of-another', 'later', 'with-names', 'serving']) assert.equal(await decision(name), undefined, name);
  client.rights.add('jane nodeclient');
  await settle(10_000);
  assert.equal((await requests.get({ name: 'later' })).status?.conditions?.[0]?.reason, 'AutoApproved', 'a right that came later');
  stop();
});
