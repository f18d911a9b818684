import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCa } from '@t8s/auth';
import { UsageError } from '@t8s/component';
import type { ManagerFlags } from '../flags.ts';
import { signingAuthorities } from './authorities.ts';
import { signers } from './kubelet-requests.ts';

test('one authority for all signers, or for some; what does not fit is named', async () => {
  const now = new Date(Date.UTC(2024, 0, 1));
  const [ca, other] = [await createCa({ commonName: 'kubernetes', now }), await createCa({ commonName: 'other', now })];
  const of = (flags: Partial<ManagerFlags>) => signingAuthorities(flags as ManagerFlags);
  const shared = { 'cluster-signing-cert-file': ca.cert, 'cluster-signing-key-file': ca.key };
  const own = { 'cluster-signing-kubelet-client-cert-file': other.cert, 'cluster-signing-kubelet-client-key-file': other.key };
  assert.deepEqual(of({}), {});
  assert.deepEqual(Object.keys(of(shared)).sort(), Object.values(signers).sort());
  assert.deepEqual(of(own), { [signers.kubeletClient]: { cert: other.cert, key: other.key } });
  const refusals: [flags: Partial<ManagerFlags>, message: RegExp][] = [
    [{ ...shared, ...own }, /^cannot specify --cluster-signing-\{cert,key\}-file and other/],
    [{ 'cluster-signing-cert-file': ca.cert }, /^--cluster-signing-cert-file, --cluster-signing-key-file: one is of no use/],
    [{ ...shared, 'cluster-signing-key-file': other.key }, /--cluster-signing-key-file: the key is not of the certificate/],
  ];
  for (const [flags, message] of refusals)
    assert.throws(
      () => of(flags),
      (error) => error instanceof UsageError && message.test(error.message),
    );
});
