/** With which authority each of the cluster's signers answers, by upstream's flags: one for all, or some their own and others none. */
import { CertificateError, checkAuthority, type KeyPair } from '@t8s/auth';
import { UsageError } from '@t8s/component';
import type { ManagerFlags } from '../flags.ts';
import { signers } from './kubelet-requests.ts';

const parts = {
  'kubelet-serving': signers.kubeletServing,
  'kubelet-client': signers.kubeletClient,
  'kube-apiserver-client': signers.client,
  'legacy-unknown': signers.legacy,
} as const;

/** By signer; those without answer nothing. Throws UsageError on flags that don't fit each other. */
export function signingAuthorities(flags: ManagerFlags): Record<string, KeyPair> {
  const authorities: Record<string, KeyPair> = {};
  for (const part of Object.keys(parts) as (keyof typeof parts)[]) {
    const own = authorityOf(flags, `cluster-signing-${part}`);
    if (own) authorities[parts[part]] = own;
  }
  const shared = authorityOf(flags, 'cluster-signing');
  if (!shared) return authorities;
  if (Object.keys(authorities).length > 0)
    throw new UsageError('cannot specify --cluster-signing-{cert,key}-file and other --cluster-signing-*-file flags at the same time');
  return Object.fromEntries(Object.values(parts).map((signer) => [signer, shared]));
}

function authorityOf(flags: ManagerFlags, prefix: 'cluster-signing' | `cluster-signing-${keyof typeof parts}`): KeyPair | undefined {
  const [cert, key] = [flags[`${prefix}-cert-file`], flags[`${prefix}-key-file`]];
  if (cert === undefined && key === undefined) return undefined;
  const names = `--${prefix}-cert-file, --${prefix}-key-file`;
  if (cert === undefined || key === undefined) throw new UsageError(`${names}: one is of no use without the other`);
  try {
    checkAuthority({ cert, key });
  } catch (error) {
    if (!(error instanceof CertificateError)) throw error;
    throw new UsageError(`${names}: ${error.message}`);
  }
  return { cert, key };
}
