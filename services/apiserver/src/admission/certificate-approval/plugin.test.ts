import assert from 'node:assert/strict';
import { test } from 'node:test';
import { certificateSigningRequestKind } from '@t8s/api';
import type { Authorizer } from '@t8s/auth';
import type { KubeObject } from '@t8s/meta';
import type { ResourceContext } from '../../context.ts';
import { podWrite } from '../test-objects.ts';
import { certificateApproval } from './plugin.ts';

const csr = { metadata: { name: 'x' }, spec: { signerName: 'example.com/web' } } as unknown as KubeObject;

function approve(allowed: string, subresource = 'approval'): void {
  const authorize: Authorizer = (asked) => ({
    decision: 'name' in asked && `${asked.verb} ${asked.resource} ${asked.name}` === allowed ? 'allow' : 'no-opinion',
    reason: '',
  });
  const context = { user: { name: 'ann', groups: [] } } as unknown as ResourceContext;
  const resource = { kind: certificateSigningRequestKind, storage: 'certificatesigningrequests' };
  void certificateApproval(authorize).validate?.(podWrite({}, { context, resource, object: csr, old: csr, subresource }));
}

test('who approves may do so for the signer, or for all of its domain', () => {
  assert.doesNotThrow(() => approve('approve signers example.com/web'));
  assert.doesNotThrow(() => approve('approve signers example.com/*'));
  assert.throws(() => approve('sign signers example.com/web'), {
    message:
      'certificatesigningrequests.certificates.k8s.io "x" is forbidden: user not permitted to approve requests with signerName "example.com/web"',
  });
  assert.doesNotThrow(() => approve('nothing', 'status'), 'another plugin looks at it');
});
