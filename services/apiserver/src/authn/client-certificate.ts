import type { PeerCertificate } from 'node:tls';
import type { User } from '../context.ts';

/** The user a verified client certificate stands for: common name is the user, organisations are the groups. */
export function certificateUser({ subject }: PeerCertificate): User | null {
  // Node gives an attribute that occurs several times as a list.
  const names: unknown = subject?.CN;
  const name = Array.isArray(names) ? names[0] : names;
  if (typeof name !== 'string' || name === '') return null;
  const organisations: unknown = subject.O ?? [];
  return { name, groups: [...[organisations].flat().filter((o): o is string => typeof o === 'string'), 'system:authenticated'] };
}
