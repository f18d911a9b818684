import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PeerCertificate } from 'node:tls';
import { certificateUser } from './client-certificate.ts';

test('who a certificate stands for', () => {
  const user = (subject: object) => certificateUser({ subject, fingerprint256: 'AB:CD' } as unknown as PeerCertificate);
  const extra = { 'authentication.kubernetes.io/credential-id': ['X509SHA256=abcd'] };
  assert.deepEqual(user({ CN: 'ann' }), { name: 'ann', groups: ['system:authenticated'], extra });
  const full = { CN: ['ann', 'eve'], O: ['dev', 'ops'], '1.3.6.1.4.1.57683.2': 'u1' };
  assert.deepEqual(user(full), { name: 'ann', uid: 'u1', groups: ['dev', 'ops', 'system:authenticated'], extra });
  for (const nobody of [undefined, {}, { CN: '' }, { O: 'system:masters' }, { CN: 'ann', '1.3.6.1.4.1.57683.2': ['u1', 'u2'] }])
    assert.equal(user(nobody as object), null);
});
