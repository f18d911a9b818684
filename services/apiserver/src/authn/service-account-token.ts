/** Tokens of service accounts: valid while the account, and what they are bound to, exist with the same uids. */
import type { Secret, ServiceAccount } from '@t8s/api';
import { InvalidToken, leewaySeconds, serviceAccountGroups, type TokenClaims, type TokenVerifier } from '@t8s/auth';
import { type KubeObject, quote } from '@t8s/meta';
import type { WatchCache } from '@t8s/storage';
import type { User } from '../context.ts';
import type { TokenAuthenticator } from './authenticate.ts';

export interface ServiceAccountTokenOptions {
  verify: TokenVerifier;
  cache: WatchCache;
  /** A token must be for one of these (--api-audiences); those of secrets are for all of them. */
  audiences: readonly string[];
  /** The token of a secret has been used, for the first time today (`2026-01-31`). */
  used(secret: Secret, today: string): void;
  counters: Readonly<Record<'valid' | 'stale' | 'legacy' | 'manual' | 'generated' | 'invalid', { inc(): void }>>;
}

const lastUsedLabel = 'kubernetes.io/legacy-token-last-used';
const invalidLabel = 'kubernetes.io/legacy-token-invalid-since';

export function serviceAccountTokens({ verify, cache, audiences: own, used, counters }: ServiceAccountTokenOptions): TokenAuthenticator {
  const find = <T extends KubeObject>(resource: string, namespace: string, name: string): T | undefined =>
    cache.resource(resource).get(namespace === '' ? name : `${namespace}/${name}`)?.object as T | undefined;

  return async (token, wanted = own) => {
    const now = Math.floor(Date.now() / 1000);
    const claims = await verify(token, now);
    if (!claims) return undefined;
    const issued = claims.isLegacy ? own : claims.audiences;
    const audiences = issued.filter((audience) => wanted.includes(audience));
    if (audiences.length === 0)
      throw new InvalidToken(`token audiences ${list(issued)} is invalid for the target audiences ${list(wanted)}`);
    if (claims.isLegacy) counters.legacy.inc();
    const told = claims.isLegacy ? checkLegacy(token, claims) : checkBound(claims, now);
    return { user: userOf(claims), audiences, ...told };
  };

  function checkBound(claims: TokenClaims, now: number): { annotations?: Record<string, string> } {
    const { namespace, serviceAccount, secret, pod, node, warnAfter, user } = claims;
    const isGone = ({ metadata }: KubeObject): boolean =>
      metadata.deletionTimestamp !== undefined && Date.parse(metadata.deletionTimestamp) / 1000 < now - leewaySeconds;
    const account = find('serviceaccounts', namespace, serviceAccount.name);
    if (!account) throw new InvalidToken(`serviceaccounts "${serviceAccount.name}" not found`);
    if (isGone(account)) throw new InvalidToken(`service account ${namespace}/${serviceAccount.name} has been deleted`);
    if (account.metadata.uid !== serviceAccount.uid)
      throw new InvalidToken(`service account UID (${account.metadata.uid}) does not match claim (${serviceAccount.uid})`);
    const bound = { secret, pod, ...(!pod && { node }) };
    // The node of a pod is told, not asked for: the pod ends with it.
    for (const [kind, ref] of Object.entries(bound)) {
      if (!ref) continue;
      const found = find(`${kind}s`, kind === 'node' ? '' : namespace, ref.name);
      if (!found || isGone(found)) throw new InvalidToken('service account token has been invalidated');
      if (found.metadata.uid === ref.uid) continue;
      const called = kind === 'secret' ? kind : `${kind[0]?.toUpperCase()}${kind.slice(1)}`;
      throw new InvalidToken(`${called} UID (${found.metadata.uid}) does not match service account ${kind} ref claim (${ref.uid})`);
    }
    if (warnAfter === undefined) return {};
    counters[now > warnAfter ? 'stale' : 'valid'].inc();
    if (now <= warnAfter) return {};
    const text = `subject: ${user}, seconds after warning threshold: ${now - warnAfter}`;
    return { annotations: { 'authentication.k8s.io/stale-token': text } };
  }

  function checkLegacy(token: string, claims: TokenClaims): { warning?: string; annotations: Record<string, string> } {
    const { namespace, serviceAccount, secret: of, user } = claims;
    const name = of?.name ?? '';
    const secret = find<Secret>('secrets', namespace, name);
    if (!secret || secret.metadata.deletionTimestamp) throw new InvalidToken('Token has been invalidated');
    if (Buffer.from(secret.data?.['token'] ?? '', 'base64').toString() !== token)
      throw new InvalidToken("Token does not match server's copy");
    const account = find<ServiceAccount>('serviceaccounts', namespace, serviceAccount.name);
    const { uid, deletionTimestamp } = account?.metadata ?? {};
    if (!account) throw new InvalidToken(`serviceaccounts "${serviceAccount.name}" not found`);
    if (deletionTimestamp) throw new InvalidToken(`ServiceAccount ${namespace}/${serviceAccount.name} has been deleted`);
    if (uid !== serviceAccount.uid) throw new InvalidToken(`ServiceAccount UID (${uid}) does not match claim (${serviceAccount.uid})`);
    const { labels = {} } = secret.metadata;
    const today = new Date().toISOString().slice(0, 10);
    if ((labels[lastUsedLabel] ?? '') < today) used(secret, today);
    const isGenerated = account.secrets?.some((ref) => ref.name === name);
    counters[labels[invalidLabel] ? 'invalid' : isGenerated ? 'generated' : 'manual'].inc();
    if (labels[invalidLabel])
      throw new InvalidToken(
        `the token in secret ${namespace}/${name} for service account ${namespace}/${serviceAccount.name} has been marked invalid. Use tokens from the TokenRequest API or manually created secret-based tokens, or remove the '${invalidLabel}' label from the secret to temporarily allow use of this token`,
      );
    return { annotations: { 'authentication.k8s.io/legacy-token': user }, ...(isGenerated && { warning: generatedWarning }) };
  }
}

/** As Go's %q has a list. */
const list = (texts: readonly string[]): string => `[${texts.map(quote).join(' ')}]`;

/** The patch that notes on which day a token of a secret was used. */
export const lastUsedPatch = (secret: Secret, today: string): object => ({
  metadata: { uid: secret.metadata.uid, labels: { [lastUsedLabel]: today } },
});

const generatedWarning =
  'Use tokens from the TokenRequest API or manually created secret-based tokens instead of auto-generated secret-based tokens.';

function userOf({ user, namespace, serviceAccount, pod, node, id }: TokenClaims): User {
  const prefix = 'authentication.kubernetes.io/';
  const extra = {
    ...(id !== '' && { [`${prefix}credential-id`]: [`JTI=${id}`] }),
    ...(node && { [`${prefix}node-name`]: [node.name], ...(node.uid && { [`${prefix}node-uid`]: [node.uid] }) }),
    ...(pod && { [`${prefix}pod-name`]: [pod.name], [`${prefix}pod-uid`]: [pod.uid] }),
  };
  const groups = serviceAccountGroups(namespace);
  return { name: user, uid: serviceAccount.uid, groups, ...(Object.keys(extra).length > 0 && { extra }) };
}
