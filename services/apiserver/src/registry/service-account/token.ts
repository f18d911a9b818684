import type { AuthenticationTokenRequest, Pod } from '@t8s/api';
import type { TokenIssuer, TokenSubject } from '@t8s/auth';
import { decodeObject } from '@t8s/codec';
import { badRequest, conflict, formatTime, invalid, invalidValue, type KubeObject, methodNotAllowed, notFound } from '@t8s/meta';
import { reviewRequest, subresourceRequest } from '../../admission/request.ts';
import { annotate } from '../../audit/audit.ts';
import type { ResourceContext } from '../../context.ts';
import { readBody } from '../../endpoints/body.ts';
import { placeIn } from '../../endpoints/create.ts';
import type { Subresource } from '../../endpoints/dispatch.ts';
import type { Services } from '../../endpoints/services.ts';
import { answerObject } from '../../negotiation/answer.ts';
import { bodyFormat, negotiateRowless } from '../../negotiation/media-types.ts';

const tokenRequestKind = { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest', schema: 'AuthenticationTokenRequest' };
const defaultSeconds = 3600;
const minSeconds = 600;
const maxSeconds = 2 ** 32;
/** What admission projects into pods: such tokens stay good for a year, for clients that don't read them again (KEP-1205). */
const projectedSeconds = 3607;
const extendedSeconds = 365 * 24 * 3600;

export interface TokenRequestOptions {
  issue: TokenIssuer;
  /** What tokens are for where the request says nothing of it (--api-audiences). */
  audiences: readonly string[];
  /** --service-account-max-token-expiration; any length where undefined. */
  maxExpirationSeconds: number | undefined;
  /** --service-account-extend-token-expiration. */
  extendExpiration: boolean;
}

/** POST serviceaccounts/x/token: a token for the account, bound to a pod if one is named (KEP-1205). */
export function createToken({ issue, audiences, maxExpirationSeconds = maxSeconds, extendExpiration }: TokenRequestOptions): Subresource {
  return async (context, services) => {
    const { info, resource, request } = context;
    if (info.verb !== 'create') throw methodNotAllowed();
    const { object } = decodeObject({
      bytes: await readBody(request),
      format: bodyFormat(request.headers['content-type']),
      expected: tokenRequestKind,
    });
    const asked = object as unknown as AuthenticationTokenRequest;
    asked.metadata ??= {};
    placeIn(asked, info.namespace, true);
    const account = (await services.objects.get(resource, info.namespace, info.name)).object;
    checkAccount(asked, account);
    checkLifetime(asked);
    const admission = subresourceRequest(context, {
      operation: 'CREATE',
      kind: tokenRequestKind,
      object: asked as KubeObject,
      dryRun: false,
    });
    const wanted = (await reviewRequest(admission, services.plugins)) as AuthenticationTokenRequest;
    const { expirationSeconds: asks = defaultSeconds, boundObjectRef } = wanted.spec;
    const subject: TokenSubject = {
      namespace: info.namespace,
      serviceAccount: { name: info.name, uid: account.metadata.uid ?? '' },
      ...(boundObjectRef && boundTo(context, services, boundObjectRef)),
    };
    const chosen = wanted.spec.audiences?.length ? wanted.spec.audiences : audiences;
    const expirationSeconds = Math.min(asks, maxExpirationSeconds);
    if (expirationSeconds < asks)
      context.warnings.push(`requested expiration of ${asks} seconds shortened to ${expirationSeconds} seconds`);
    const isExtended =
      extendExpiration && subject.pod && expirationSeconds === projectedSeconds && chosen.every((audience) => audiences.includes(audience));
    const life = isExtended
      ? { lifetimeSeconds: Math.min(extendedSeconds, maxExpirationSeconds), warnAfterSeconds: expirationSeconds }
      : { lifetimeSeconds: expirationSeconds };
    const now = Math.floor(Date.now() / 1000);
    const { token, id } = await issue({ subject, audiences: chosen, now, ...life });
    annotate(context, 'authentication.kubernetes.io/issued-credential-id', `JTI=${id}`);
    const answer: AuthenticationTokenRequest = {
      kind: 'TokenRequest',
      apiVersion: 'authentication.k8s.io/v1',
      metadata: {
        name: info.name,
        namespace: info.namespace,
        ...(account.metadata.uid && { uid: account.metadata.uid }),
        creationTimestamp: formatTime(Date.now()),
      },
      spec: { ...wanted.spec, audiences: [...chosen], expirationSeconds },
      status: { token, expirationTimestamp: formatTime((now + expirationSeconds) * 1000) },
    };
    answerObject(context, 201, answer, negotiateRowless(request.headers.accept).format);
  };
}

/** A request may say which account it means, but no other. */
function checkAccount({ metadata }: AuthenticationTokenRequest, { metadata: account }: KubeObject): void {
  const { name = '', uid } = metadata ?? {};
  if (name && name !== account.name)
    throw invalid(tokenRequestKind, account.name ?? '', [
      invalidValue('metadata.name', name, 'must match the service account name if specified'),
    ]);
  if (uid && uid !== account.uid)
    throw conflict(
      { group: tokenRequestKind.group, resource: tokenRequestKind.kind },
      account.name ?? '',
      `the UID in the token request (${uid}) does not match the UID of the service account (${account.uid})`,
    );
}

function checkLifetime({ spec: { expirationSeconds = defaultSeconds } }: AuthenticationTokenRequest): void {
  const refuse = (why: string): Error => invalid(tokenRequestKind, '', [invalidValue('spec.expirationSeconds', expirationSeconds, why)]);
  if (expirationSeconds < minSeconds) throw refuse('may not specify a duration less than 10 minutes');
  if (expirationSeconds > maxSeconds) throw refuse('may not specify a duration larger than 2^32 seconds');
}

type BoundReference = NonNullable<AuthenticationTokenRequest['spec']['boundObjectRef']>;

/** What the token dies with. A pod brings its node along, for who wants to know where the token is used (KEP-4193). */
function boundTo({ info }: ResourceContext, { objects: { cache } }: Services, ref: BoundReference): Partial<TokenSubject> {
  const { name = '', uid, kind = '', apiVersion = '' } = ref;
  const resource = apiVersion === 'v1' ? bindable[kind] : undefined;
  if (!resource) throw badRequest(`cannot bind token to object of type ${goKind(apiVersion, kind)}`);
  const find = (from: string, key: string): KubeObject | undefined => cache.resource(from).get(key)?.object;
  const found = find(resource, kind === 'Node' ? name : `${info.namespace}/${name}`);
  if (!found) throw notFound({ group: '', resource }, name);
  const bound = { name, uid: found.metadata.uid ?? '' };
  const { serviceAccountName, nodeName } = kind === 'Pod' ? (found as Pod).spec : {};
  if (kind === 'Pod' && serviceAccountName !== info.name)
    throw badRequest(`cannot bind token for serviceaccount "${info.name}" to pod running with different serviceaccount name.`);
  if (uid && uid !== bound.uid)
    throw conflict(
      { group: '', resource: kind },
      name,
      `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`,
    );
  const node = nodeName && { name: nodeName, uid: find('nodes', nodeName)?.metadata.uid ?? '' };
  return { [kind.toLowerCase()]: bound, ...(node && { node }) };
}

const bindable: Readonly<Record<string, string>> = { Pod: 'pods', Secret: 'secrets', Node: 'nodes' };

/** As Go prints a GroupVersionKind. */
const goKind = (apiVersion: string, kind: string): string => `${apiVersion.includes('/') ? '' : '/'}${apiVersion}, Kind=${kind}`;
