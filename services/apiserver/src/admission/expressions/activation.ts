/** The values of variables that the expressions of webhooks and policies name. */
import type { Namespace } from '@t8s/api';
import type { Attributes, Authorizer as Authorize } from '@t8s/auth';
import { type AccessAnswer, type AccessQuestion, Authorizer, dynamic } from '@t8s/cel';
import { formatApiVersion, type GroupVersionKind, type KubeObject } from '@t8s/meta';
import type { ServedResource, User } from '../../context.ts';
import type { AdmissionRequest } from '../plugin.ts';

export type Activation = Readonly<Record<string, unknown>>;

interface Given {
  /** The resource whose spelling `object` and `old` have. */
  matched: ServedResource;
  kind: GroupVersionKind;
  object: KubeObject | undefined;
  old: KubeObject | undefined;
  /** Of the request, where it is in one. */
  namespace?: Namespace | undefined;
  authorize: Authorize;
}

export function activationOf(request: AdmissionRequest, { matched, kind, object, old, namespace, authorize }: Given): Activation {
  const { subresource, name, operation, dryRun, options, context, resource } = request;
  const kindOf = ({ group, version, kind }: GroupVersionKind): GroupVersionKind => ({ group, version, kind });
  const { group } = resource.kind;
  return {
    // Brought into the form of expressions once, however many look at it.
    object: dynamic(object ? { ...object, apiVersion: formatApiVersion(kind), kind: kind.kind } : null),
    oldObject: dynamic(old ? { ...old, apiVersion: formatApiVersion(kind), kind: kind.kind } : null),
    namespaceObject: namespace ? visible(namespace) : null,
    request: {
      kind: kindOf(kind),
      resource: resourceOf(matched),
      // What is empty is absent, as it is in an AdmissionReview.
      ...(subresource && { subResource: subresource, requestSubResource: subresource }),
      ...(name && { name }),
      ...(request.namespace && { namespace: request.namespace }),
      requestKind: kindOf(request.kind),
      requestResource: resourceOf(resource),
      operation,
      userInfo: userInfo(context.user),
      dryRun,
      options: options ?? null,
    },
    authorizer: new Authorizer(
      (question, serviceAccount) => ask(authorize, serviceAccount ? accountUser(serviceAccount) : context.user, question),
      { group, resource: resource.kind.resource, subresource, namespace: request.namespace, name },
    ),
  };
}

export const resourceOf = ({
  kind: { group, version, resource },
}: ServedResource): { group: string; version: string; resource: string } => ({
  group,
  version,
  resource,
});

/** A user as authentication.k8s.io/v1 UserInfo. */
export const userInfo = ({ name, uid, groups, extra }: User): Record<string, unknown> => ({
  username: name,
  ...(uid && { uid }),
  groups,
  ...(extra && { extra }),
});

/** Who manages which fields, and owners, are nobody's business here. */
function visible({ metadata, spec, status }: Namespace): Record<string, unknown> {
  const { managedFields: _, ownerReferences: __, uid, ...shown } = metadata;
  return { metadata: { ...shown, UID: uid }, spec, status };
}

function ask(authorize: Authorize, user: User, question: AccessQuestion): AccessAnswer {
  const attributes: Attributes = 'path' in question ? { ...question, user } : { ...withoutSelectors(question), user };
  const { decision, reason } = authorize(attributes);
  return { allowed: decision === 'allow', reason };
}

/** Selectors narrow nothing down yet. */
function withoutSelectors({
  fieldSelector: _,
  labelSelector: __,
  ...question
}: Extract<AccessQuestion, { group: string }>): Omit<typeof question, 'fieldSelector' | 'labelSelector'> {
  return question;
}

const accountUser = ({ namespace, name }: { namespace: string; name: string }): User => ({
  name: `system:serviceaccount:${namespace}:${name}`,
  groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
});
