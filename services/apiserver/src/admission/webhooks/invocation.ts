import type { Authorizer } from '@t8s/auth';
import { formatApiVersion, type GroupVersionKind, type KubeObject } from '@t8s/meta';
import type { ServedResource } from '../../context.ts';
import type { ObjectStore } from '../../registry/object-store.ts';
import type { ServedResources } from '../../registry/served-resources.ts';
import { activationOf } from '../expressions/activation.ts';
import { matchConditions } from '../expressions/conditions.ts';
import { asShownBy, equivalentsOf } from '../matching/equivalents.ts';
import { matchRules } from '../matching/rules.ts';
import { selects } from '../matching/selectors.ts';
import type { AdmissionRequest } from '../plugin.ts';
import { forbiddenBy } from '../request.ts';
import type { Hook } from './hooks.ts';

/** What a webhook is shown: the request in the version its rules name. */
export interface Invocation {
  hook: Hook;
  request: AdmissionRequest;
  matched: ServedResource;
  kind: GroupVersionKind;
  object: KubeObject | undefined;
  old: KubeObject | undefined;
}

export interface Surroundings {
  objects: ObjectStore;
  served: ServedResources;
  authorize: Authorizer;
}

/** How the webhook is to be asked; undefined where the request is none of its business. Throws Forbidden where its conditions fail. */
export async function invocationOf(
  hook: Hook,
  request: AdmissionRequest,
  { objects, served, authorize }: Surroundings,
): Promise<Invocation | undefined> {
  const { rules = [], matchPolicy, failurePolicy } = hook.webhook;
  const { resource } = request;
  const matched = matchRules(rules, { request, equivalents: equivalentsOf(resource, served), matchPolicy });
  if (!matched || !(await selects(hook.webhook, request, objects))) return undefined;
  // What a sub-resource takes is the same in all versions.
  const isWhole = request.kind === resource.kind;
  const kind = isWhole ? matched.kind : request.kind;
  const shown = async (object: KubeObject | undefined): Promise<KubeObject | undefined> =>
    object && typed(isWhole ? await asShownBy(object, resource, matched) : object, kind);
  const invocation = { hook, request, matched, kind, object: await shown(request.object), old: await shown(request.old) };
  if (hook.conditions.length === 0) return invocation;
  const match = matchConditions(hook.conditions, activationOf(request, { ...invocation, authorize }), failurePolicy);
  if ('error' in match) throw forbiddenBy(request, match.error);
  return match.matches ? invocation : undefined;
}

/** Objects go out with their type first, as they came in. */
const typed = (object: KubeObject, kind: GroupVersionKind): KubeObject => ({
  ...object,
  kind: kind.kind,
  apiVersion: formatApiVersion(kind),
});
