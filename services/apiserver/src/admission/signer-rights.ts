import type { Authorizer } from '@t8s/auth';
import type { User } from '../context.ts';

/** Whether somebody may approve or sign requests of a signer, by its name or by that of all of its domain (`example.com/*`). */
export function mayActFor(
  authorize: Authorizer,
  user: User,
  { verb, signerName }: { verb: 'approve' | 'sign'; signerName: string },
): boolean {
  const [domain] = signerName.split('/');
  return [signerName, `${domain}/*`].some(
    (name) =>
      authorize({ user, verb, group: 'certificates.k8s.io', resource: 'signers', subresource: '', name, namespace: '' }).decision ===
      'allow',
  );
}
