/** AdmissionReview (admission.k8s.io v1 and v1beta1): what a webhook is asked, and what its answer must be like. */
import { randomUUID } from 'node:crypto';
import type { GroupVersionKind, Status } from '@t8s/meta';
import { resourceOf, userInfo } from '../expressions/activation.ts';
import type { Invocation } from './invocation.ts';

export interface Review {
  uid: string;
  /** v1 or v1beta1: the first the webhook lists that we speak. */
  version: string;
  body: object;
}

export interface ReviewAnswer {
  allowed?: boolean;
  status?: Status;
  /** A JSON patch in base64. */
  patch?: string;
  patchType?: string;
  warnings?: string[];
  auditAnnotations?: Record<string, string>;
}

/** An answer that is none; the message is upstream's. */
export class InvalidAnswer extends Error {
  override readonly name = 'InvalidAnswer';
}

const spoken = ['v1', 'v1beta1'];

export function reviewOf({ hook, request, matched, kind, object, old }: Invocation): Review {
  const { subresource, name, namespace, operation, dryRun, options, context, resource } = request;
  const version = (hook.webhook.admissionReviewVersions ?? []).find((known) => spoken.includes(known)) ?? 'v1';
  const uid = randomUUID();
  const asked = {
    uid,
    kind: kindOf(kind),
    resource: resourceOf(matched),
    ...(subresource && { subResource: subresource }),
    requestKind: kindOf(request.kind),
    requestResource: resourceOf(resource),
    ...(subresource && { requestSubResource: subresource }),
    ...(name && { name }),
    ...(namespace && { namespace }),
    operation,
    userInfo: userInfo(context.user),
    object: object ?? null,
    oldObject: old ?? null,
    dryRun,
    options: options ?? null,
  };
  return { uid, version, body: { kind: 'AdmissionReview', apiVersion: `admission.k8s.io/${version}`, request: asked } };
}

const kindOf = ({ group, version, kind }: GroupVersionKind): GroupVersionKind => ({ group, version, kind });

/** The response in an answer. Throws InvalidAnswer. */
export function verifyAnswer(answer: unknown, { uid, version }: Review, { mutating }: { mutating: boolean }): ReviewAnswer {
  const {
    kind = '',
    apiVersion = '',
    response,
  } = (answer ?? {}) as {
    kind?: string;
    apiVersion?: string;
    response?: ReviewAnswer & { uid?: string };
  };
  if (version === 'v1beta1') {
    if (!response) throw new InvalidAnswer('webhook response was absent');
    return { ...response, ...(response.patch && { patchType: 'JSONPatch' }) };
  }
  const wanted = 'admission.k8s.io/v1, Kind=AdmissionReview';
  const got = `${apiVersion}, Kind=${kind}`;
  if (got !== wanted) throw new InvalidAnswer(`expected webhook response of ${wanted}, got ${got}`);
  if (!response) throw new InvalidAnswer('webhook response was absent');
  if (response.uid !== uid)
    throw new InvalidAnswer(`expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(response.uid ?? '')}`);
  verifyPatch(response, mutating);
  return response;
}

function verifyPatch({ patch = '', patchType }: ReviewAnswer, mutating: boolean): void {
  if (!mutating) {
    if (patch !== '') throw new InvalidAnswer('validating webhook may not return response.patch');
    if (patchType !== undefined) throw new InvalidAnswer('validating webhook may not return response.patchType');
    return;
  }
  if (patch !== '' && patchType === undefined) throw new InvalidAnswer('webhook returned response.patch but not response.patchType');
  if (patch === '' && patchType !== undefined) throw new InvalidAnswer('webhook returned response.patchType but not response.patch');
  if (patchType !== undefined && patchType !== 'JSONPatch')
    throw new InvalidAnswer(`webhook returned invalid response.patchType of ${JSON.stringify(patchType)}`);
}
