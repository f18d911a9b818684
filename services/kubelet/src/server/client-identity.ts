import type { TLSSocket } from 'node:tls';

export interface Identity {
  user: string;
  groups: string[];
}

export type Verdict = { ok: true; identity: Identity } | { ok: false; code: 401 | 403; message: string };

/**
 * Who may use the kubelet's API: a client with a certificate of the cluster's CA that is the API server, or an administrator.
 * Everyone else is refused: 401 without an identity, 403 with one.
 */
export function authorize(socket: TLSSocket, verb: string): Verdict {
  if (!socket.authorized) return { ok: false, code: 401, message: 'Unauthorized' };
  const subject = socket.getPeerCertificate().subject as { CN?: string | string[]; O?: string | string[] } | undefined;
  const user = list(subject?.CN)[0] ?? '';
  const groups = list(subject?.O);
  if (user === 'kube-apiserver-kubelet-client' || groups.includes('system:masters')) return { ok: true, identity: { user, groups } };
  return { ok: false, code: 403, message: `Forbidden (user=${user}, verb=${verb}, resource=nodes, subresource(s)=[proxy])` };
}

function list(value: string | string[] | undefined): string[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}
