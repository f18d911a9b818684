import type { AuthenticationTokenRequest } from '@t8s/api';
import type { TokenIssuer, TokenSubject } from '@t8s/auth';
import { decodeObject } from '@t8s/codec';
import { badRequest, conflict, formatTime, invalid, invalidValue, type KubeObject, methodNotAllowed, notFound } from '@t8s/meta';
import { reviewRequest, subresourceRequest } from '../../admission/request.ts';
import type { ResourceContext } from '../../context.ts';
import { readBody } from '../../endpoints/body.ts';
import type { Subresource } from '../../endpoints/dispatch.ts';
import type { Services } from '../../endpoints/services.ts';
import { answerObject } from '../../negotiation/answer.ts';
import { bodyFormat, negotiate } from '../../negotiation/media-types.ts';

const tokenRequestKind = { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest', schema: 'AuthenticationTokenRequest' };
const minSeconds = 600;
const maxSeconds = 2 ** 32;

/** POST serviceaccounts/x/token: a token for the account, bound to a pod if one is named (KEP-1205). */
export function createToken({ issue, audiences }: { issue: TokenIssuer; audiences: readonly string[] }): Subresource {
  return async (context, services) => {
    const { info, resource, request } = context;
    if (info.verb !== 'create') throw methodNotAllowed();
    const { object } = decodeObject({
      bytes: await readBody(request),
      format: bodyFormat(request.headers['content-type']),
      expected: tokenRequestKind,
    });
    const wanted = object as unknown as AuthenticationTokenRequest;
    const admission = subresourceRequest(context, {
      operation: 'CREATE',
      kind: tokenRequestKind,
      object: wanted as KubeObject,
      dryRun: false,
    });
    await reviewRequest(admission, services.plugins);
    const { expirationSeconds = 3600, boundObjectRef } = wanted.spec;
    if (expirationSeconds < minSeconds)
      throw invalid(tokenRequestKind, '', [
        invalidValue('spec.expirationSeconds', expirationSeconds, 'may not specify a duration less than 10 minutes'),
      ]);
    if (expirationSeconds > maxSeconds)
      throw invalid(tokenRequestKind, '', [
        invalidValue('spec.expirationSeconds', expirationSeconds, 'may not specify a duration larger than 2^32 seconds'),
      ]);
    const account = (await services.objects.get(resource, info.namespace, info.name)).object;
    const subject: TokenSubject = {
      namespace: info.namespace,
      serviceAccount: { name: info.name, uid: account.metadata.uid ?? '' },
      ...(boundObjectRef && boundTo(context, services, boundObjectRef)),
    };
    const chosen = wanted.spec.audiences?.length ? wanted.spec.audiences : audiences;
    const now = Math.floor(Date.now() / 1000);
    const token = await issue({ subject, audiences: chosen, now, lifetimeSeconds: expirationSeconds });
    const answer: AuthenticationTokenRequest = {
      kind: 'TokenRequest',
      apiVersion: 'authentication.k8s.io/v1',
      metadata: { name: info.name, namespace: info.namespace, creationTimestamp: formatTime(Date.now()) },
      spec: { ...wanted.spec, audiences: [...chosen], expirationSeconds },
      status: { token, expirationTimestamp: formatTime((now + expirationSeconds) * 1000) },
    };
    answerObject(context, 201, answer, negotiate(request.headers.accept).format);
  };
}

function boundTo(
  { info }: ResourceContext,
  { objects }: Services,
  ref: NonNullable<AuthenticationTokenRequest['spec']['boundObjectRef']>,
): Pick<TokenSubject, 'pod' | 'secret'> {
  const resources: Record<string, 'pod' | 'secret'> = { Pod: 'pod', Secret: 'secret' };
  const field = resources[ref.kind ?? ''];
  if (!field)
    throw badRequest(
      `cannot bind token for serviceaccount "${info.name}" to object of type ${ref.apiVersion ?? ''}, Kind=${ref.kind ?? ''}`,
    );
  const { name = '', uid } = ref;
  const found = objects.cache.resource(`${field}s`).get(`${info.namespace}/${name}`)?.object;
  if (!found) throw notFound({ group: '', resource: `${field}s` }, name);
  if (uid && uid !== found.metadata.uid)
    throw conflict(
      { group: '', resource: `${field}s` },
      name,
      `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`,
    );
  const account = (found as { spec?: { serviceAccountName?: string } }).spec?.serviceAccountName;
  if (field === 'pod' && account !== info.name)
    throw badRequest(`cannot bind token for serviceaccount "${info.name}" to pod running with different serviceaccount name.`);
  return { [field]: { name, uid: found.metadata.uid ?? '' } };
}
