/** Whether rules of webhooks and policies cover a request (apiserver/pkg/admission/plugin/webhook/predicates/rules, v1.34). */
import type { NamedRuleWithOperations, RuleWithOperations } from '@t8s/api';
import type { ServedResource } from '../../context.ts';
import type { AdmissionRequest } from '../plugin.ts';

/** The resource, in the version, under which rules match a request: its own or an equivalent one. */
export type Matched = ServedResource;

interface Matching {
  request: AdmissionRequest;
  /** Other resources that show the same objects. */
  equivalents: readonly ServedResource[];
  matchPolicy: string | undefined;
}

/** The first resource that a rule covers: the request's own before others. */
export function matchRules(
  rules: readonly NamedRuleWithOperations[],
  { request, equivalents, matchPolicy }: Matching,
): Matched | undefined {
  const { resource } = request;
  if (rules.some((rule) => covers(rule, request, resource))) return resource;
  if (matchPolicy !== 'Equivalent') return undefined;
  for (const rule of rules) {
    const found = equivalents.find((equivalent) => covers(rule, request, equivalent));
    if (found) return found;
  }
  return undefined;
}

function covers(rule: NamedRuleWithOperations, request: AdmissionRequest, resource: ServedResource): boolean {
  const { resourceNames = [] } = rule;
  return matches(rule, request, resource) && (resourceNames.length === 0 || resourceNames.includes(request.name));
}

function matches(
  { scope = '*', operations = [], apiGroups = [], apiVersions = [], resources = [] }: RuleWithOperations,
  { operation, subresource, namespace }: AdmissionRequest,
  { kind }: ServedResource,
): boolean {
  const isNamespace = kind.group === '' && kind.resource === 'namespaces';
  const inNamespace = namespace !== '' && !isNamespace;
  return (
    (scope === '*' || (scope === 'Namespaced') === inNamespace) &&
    names(operations, operation) &&
    names(apiGroups, kind.group) &&
    names(apiVersions, kind.version) &&
    resources.some((text) => {
      const slash = text.indexOf('/');
      const [name, sub] = slash < 0 ? [text, ''] : [text.slice(0, slash), text.slice(slash + 1)];
      return (name === '*' || name === kind.resource) && (sub === '*' || sub === subresource);
    })
  );
}

const names = (items: readonly string[], one: string): boolean => items.includes('*') || items.includes(one);

const configuration = new Set([
  'validatingadmissionpolicies',
  'validatingadmissionpolicybindings',
  'validatingwebhookconfigurations',
  'mutatingwebhookconfigurations',
]);

/** Nothing that configures admission is itself its subject: nobody locks himself out. */
export const isExempt = ({ resource: { kind } }: AdmissionRequest): boolean =>
  kind.group === 'admissionregistration.k8s.io' && configuration.has(kind.resource);
