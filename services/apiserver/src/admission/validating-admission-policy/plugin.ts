import type { MatchResources, ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding } from '@t8s/api';
import type { Authorizer } from '@t8s/auth';
import { type KubeObject, StatusError } from '@t8s/meta';
import { annotate } from '../../audit/audit.ts';
import type { ServedResource } from '../../context.ts';
import type { ApiServerMetrics } from '../../metrics.ts';
import type { ObjectStore } from '../../registry/object-store.ts';
import type { ServedResources } from '../../registry/served-resources.ts';
import { activationOf } from '../expressions/activation.ts';
import { asShownBy, equivalentsOf } from '../matching/equivalents.ts';
import { isExempt, matchRules } from '../matching/rules.ts';
import { readNamespace, selects } from '../matching/selectors.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../plugin.ts';
import { forbiddenBy, requestOf } from '../request.ts';
import { type Verdict, verdictOf } from './evaluation.ts';
import { ConfigurationError, collectParams } from './params.ts';

export interface PolicyOptions {
  objects: ObjectStore;
  served: ServedResources;
  authorize: Authorizer;
  metrics: ApiServerMetrics;
}

/** Asks the policies that bindings put into effect, in expressions (KEP-3488). */
export function validatingAdmissionPolicy({ objects, served, authorize, metrics }: PolicyOptions): AdmissionPlugin {
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
    if (isExempt(request) || isReview(request)) return;
    const bound = [...bindings()].map(({ object }) => object as ValidatingAdmissionPolicyBinding);
    const denied: StatusError[] = [];
    for (const { object } of policies()) {
      const policy = object as ValidatingAdmissionPolicy;
      const own = bound.filter(({ spec }) => spec.policyName === policy.metadata.name);
      const matched = own.length > 0 ? await match(policy.spec.matchConstraints ?? {}, request) : undefined;
      if (!matched) continue;
      const annotations: Verdict['annotations'] = [];
      for (const binding of own) {
        if (binding.spec.matchResources && !(await match(binding.spec.matchResources, request))) continue;
        const verdicts = await verdictsOf(policy, binding, request, matched);
        denied.push(...verdicts.flatMap((verdict) => enforce(verdict, { policy, binding, request, metrics })));
        annotations.push(...verdicts.flatMap((verdict) => verdict.annotations));
      }
      publish(policy, annotations, request);
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

  async function verdictsOf(
    policy: ValidatingAdmissionPolicy,
    { spec: { paramRef } }: ValidatingAdmissionPolicyBinding,
    request: AdmissionRequest,
    matched: ServedResource,
  ): Promise<Verdict[]> {
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
      return params.map((param) => verdictOf(policy, { ...activation, ...(paramKind && { params: param ?? null }) }));
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      const refusals = failurePolicy === 'Ignore' ? [] : [{ message: `failed to configure binding: ${error.message}`, index: 0 }];
      return [{ refusals, failures: [], annotations: [] }];
    }
  }
}

const reviewed = new Set(['authentication.k8s.io', 'authorization.k8s.io']);

/** Questions about who asks and what they may do: what stands in their way would break the cluster. */
const isReview = ({ resource: { kind } }: AdmissionRequest): boolean => kind.stored === false && reviewed.has(kind.group);

interface Enforced {
  policy: ValidatingAdmissionPolicy;
  binding: ValidatingAdmissionPolicyBinding;
  request: AdmissionRequest;
  metrics: ApiServerMetrics;
}

const codes: Readonly<Record<string, number>> = { Forbidden: 403, Unauthorized: 401, RequestEntityTooLarge: 413, Invalid: 422 };

/** Warns, tells the audit log, and gives the errors of what is denied, as the binding has it. */
function enforce({ refusals, failures }: Verdict, { policy, binding, request, metrics }: Enforced): StatusError[] {
  const { validationActions = [] } = binding.spec;
  const [policyName = '', bindingName = ''] = [policy.metadata.name, binding.metadata.name];
  const names = `ValidatingAdmissionPolicy '${policyName}' with binding '${bindingName}'`;
  const checked = (action: string, failed = false): void =>
    metrics.policyChecks.inc({
      policy: policyName,
      policy_binding: bindingName,
      error_type: failed ? 'invalid_error' : 'no_error',
      enforcement_action: action,
    });
  if (refusals.length === 0) checked('allow');
  for (const { message, index, failed } of refusals) {
    for (const action of validationActions) checked(action.toLowerCase(), failed);
    if (validationActions.includes('Warn')) request.context.warnings.push(`Validation failed for ${names}: ${message}`);
    if (!validationActions.includes('Audit')) continue;
    const failure = { message, policy: policyName, binding: bindingName, expressionIndex: index, validationActions };
    annotate(request.context, 'validation.policy.admission.k8s.io/validation_failure', JSON.stringify([failure]));
  }
  const deny = (message: string, reason = 'Invalid'): StatusError => {
    const told = `${names} denied request: ${message}`;
    const { status } = forbiddenBy(request, told);
    return new StatusError({ ...status, reason, code: codes[reason] ?? 422, details: { ...status.details, causes: [{ message: told }] } });
  };
  const denied = validationActions.includes('Deny') ? refusals : [];
  return [...denied.map(({ message, reason }) => deny(message, reason)), ...failures.map((message) => deny(message))];
}

/** What all bindings of a policy have to say under one key is one annotation. */
function publish(
  { metadata: { name = '' } }: ValidatingAdmissionPolicy,
  annotations: Verdict['annotations'],
  request: AdmissionRequest,
): void {
  for (const key of new Set(annotations.map((annotation) => annotation.key))) {
    const values = annotations.filter((annotation) => annotation.key === key).map(({ value }) => value);
    annotate(request.context, `${name}/${key}`, [...new Set(values)].join(', '));
  }
}
