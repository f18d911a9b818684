import type { MatchResources, ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding } from '@t8s/api';
import type { Authorizer } from '@t8s/auth';
import { type KubeObject, StatusError } from '@t8s/meta';
import type { ServedResource } from '../../context.ts';
import type { ObjectStore } from '../../registry/object-store.ts';
import type { ServedResources } from '../../registry/served-resources.ts';
import { activationOf } from '../expressions/activation.ts';
import { asShownBy, equivalentsOf } from '../matching/equivalents.ts';
import { isExempt, matchRules } from '../matching/rules.ts';
import { readNamespace, selects } from '../matching/selectors.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../plugin.ts';
import { forbiddenBy, requestOf } from '../request.ts';
import { type Refusal, refusalsBy } from './evaluation.ts';
import { ConfigurationError, collectParams } from './params.ts';

export interface PolicyOptions {
  objects: ObjectStore;
  served: ServedResources;
  authorize: Authorizer;
}

/** Asks the policies that bindings put into effect, in expressions (KEP-3488). */
export function validatingAdmissionPolicy({ objects, served, authorize }: PolicyOptions): AdmissionPlugin {
  const policies = (): Iterable<{ object: KubeObject }> => objects.cache.resource('validatingadmissionpolicies').range();
  const bindings = (): Iterable<{ object: KubeObject }> => objects.cache.resource('validatingadmissionpolicybindings').range();

  return {
    name: 'ValidatingAdmissionPolicy',
    validate: (write) => (isIdle() ? undefined : judge(requestOf(write))),
    review: (request) => (isIdle() ? undefined : judge(request)),
  };

  /** Without a binding no policy has effect; most clusters have none. */
  function isIdle(): boolean {
    for (const _ of bindings()) return false;
    return true;
  }

  async function judge(request: AdmissionRequest): Promise<void> {
    if (isExempt(request)) return;
    const bound = [...bindings()].map(({ object }) => object as ValidatingAdmissionPolicyBinding);
    const denied: StatusError[] = [];
    for (const { object } of policies()) {
      const policy = object as ValidatingAdmissionPolicy;
      const own = bound.filter(({ spec }) => spec.policyName === policy.metadata.name);
      const matched = own.length > 0 ? await match(policy.spec.matchConstraints ?? {}, request) : undefined;
      if (!matched) continue;
      for (const binding of own) {
        if (binding.spec.matchResources && !(await match(binding.spec.matchResources, request))) continue;
        const refusals = await refusalsOf(policy, binding, request, matched);
        denied.push(...enforce(refusals, { policy, binding, request }));
      }
    }
    // All are asked, so that all may warn.
    if (denied[0]) throw denied[0];
  }

  async function match(criteria: MatchResources, request: AdmissionRequest): Promise<ServedResource | undefined> {
    if (!(await selects(criteria, request, objects))) return undefined;
    const { resourceRules = [], excludeResourceRules = [], matchPolicy } = criteria;
    const matching = { request, equivalents: equivalentsOf(request.resource, served), matchPolicy };
    if (matchRules(excludeResourceRules, matching)) return undefined;
    return resourceRules.length === 0 ? request.resource : matchRules(resourceRules, matching);
  }

  async function refusalsOf(
    policy: ValidatingAdmissionPolicy,
    { spec: { paramRef } }: ValidatingAdmissionPolicyBinding,
    request: AdmissionRequest,
    matched: ServedResource,
  ): Promise<Refusal[]> {
    const { paramKind, failurePolicy } = policy.spec;
    const { namespace, resource } = request;
    try {
      const params = await collectParams({ paramKind, paramRef, namespace, objects, served });
      if (params.length === 0) return [];
      const inNamespace = namespace !== '' && resource.storage !== 'namespaces';
      const isWhole = request.kind === resource.kind;
      const shown = async (object: KubeObject | undefined): Promise<KubeObject | undefined> =>
        object && isWhole ? asShownBy(object, resource, matched) : object;
      const activation = activationOf(request, {
        matched,
        kind: isWhole ? matched.kind : request.kind,
        object: await shown(request.object),
        old: await shown(request.old),
        namespace: inNamespace ? await readNamespace(namespace, objects) : undefined,
        authorize,
      });
      return params.flatMap((param) => refusalsBy(policy, { ...activation, ...(paramKind && { params: param ?? null }) }));
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      return failurePolicy === 'Ignore' ? [] : [{ message: `failed to configure binding: ${error.message}` }];
    }
  }
}

interface Enforced {
  policy: ValidatingAdmissionPolicy;
  binding: ValidatingAdmissionPolicyBinding;
  request: AdmissionRequest;
}

const codes: Readonly<Record<string, number>> = { Forbidden: 403, Unauthorized: 401, RequestEntityTooLarge: 413, Invalid: 422 };

/** Warns, and gives the errors of what is denied, as the binding has it. */
function enforce(refusals: readonly Refusal[], { policy, binding, request }: Enforced): StatusError[] {
  const { validationActions = [] } = binding.spec;
  const names = `ValidatingAdmissionPolicy '${policy.metadata.name}' with binding '${binding.metadata.name}'`;
  if (validationActions.includes('Warn'))
    for (const { message } of refusals) request.context.warnings.push(`Validation failed for ${names}: ${message}`);
  if (!validationActions.includes('Deny')) return [];
  return refusals.map(({ message, reason = 'Invalid' }) => {
    const told = `${names} denied request: ${message}`;
    const { status } = forbiddenBy(request, told);
    return new StatusError({ ...status, reason, code: codes[reason] ?? 422, details: { ...status.details, causes: [{ message: told }] } });
  });
}
