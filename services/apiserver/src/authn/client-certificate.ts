import type { PeerCertificate } from 'node:tls';
import type { User } from '../context.ts';

/** The part of a subject that tells the user's uid, as OpenSSL names it. */
const uidType = '1.3.6.1.4.1.57683.2';

/**
 * The user a verified client certificate stands for: common name is the user, organisations are the groups. None where it has no name,
 * or several uids.
 */
export function certificateUser({ subject, fingerprint256 }: PeerCertificate): User | null {
  // Node gives an attribute that occurs several times as a list.
  const values = (type: string): string[] =>
    [(subject as unknown as Record<string, unknown>)?.[type] ?? []].flat().filter((value): value is string => typeof value === 'string');
  const [name = ''] = values('CN');
  const [uid, ...more] = values(uidType);
  if (name === '' || more.length > 0) return null;
  const digest = fingerprint256.replaceAll(':', '').toLowerCase();
  return {
    name,
    groups: [...values('O'), 'system:authenticated'],
    ...(uid && { uid }),
    extra: { 'authentication.kubernetes.io/credential-id': [`X509SHA256=${digest}`] },
  };
}
