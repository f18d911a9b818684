import assert from 'node:assert/strict';
import { test } from 'node:test';
import { certificateSigningRequestKind } from '@t8s/api';
import type { KubeObject } from '@t8s/meta';
import type { ResourceContext } from '../../context.ts';
import { podWrite } from '../test-objects.ts';
import { certificateSigning } from './plugin.ts';

const csr = (status: object): KubeObject =>
  ({ metadata: { name: 'x' }, spec: { signerName: 'example.com/web' }, status }) as unknown as KubeObject;

function write(status: object, old: object, mayVerb = ''): void {
  const context = { user: { name: 'ann', groups: [] } } as unknown as ResourceContext;
  const resource = { kind: certificateSigningRequestKind, storage: 'certificatesigningrequests' };
  const plugin = certificateSigning(({ verb }) => ({ decision: verb === mayVerb ? 'allow' : 'no-opinion', reason: '' }));
  void plugin.validate?.(podWrite({}, { context, resource, object: csr(status), old: csr(old), subresource: 'status' }));
}

test('a certificate is issued, or its failure told, by who may sign', () => {
  assert.throws(() => write({ certificate: 'c' }, {}), /user not permitted to sign requests with signerName "example.com\/web"$/);
  assert.throws(() => write({ conditions: [{ type: 'Failed' }] }, {}, 'approve'), /not permitted to sign/);
  assert.doesNotThrow(() => write({ certificate: 'c' }, {}, 'sign'));
  assert.doesNotThrow(() => write({ certificate: 'c' }, { certificate: 'c' }), 'nothing changed');
});
