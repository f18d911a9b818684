import type { Secret } from '@t8s/api';

/** A bootstrap token that signs, with other fields where they are given. */
export const bootstrapToken = (id: string, more: Record<string, string> = {}): Secret => ({
  metadata: { name: `bootstrap-token-${id}`, namespace: 'kube-system' },
  type: 'bootstrap.kubernetes.io/token',
  data: Object.fromEntries(
    Object.entries({ 'token-id': id, 'token-secret': '0123456789abcdef', 'usage-bootstrap-signing': 'true', ...more }).map(
      ([key, text]) => [key, Buffer.from(text).toString('base64')],
    ),
  ),
});
