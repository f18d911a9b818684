/** flowcontrol's ValidateFlowSchema (v1.34). */
import { type FieldError, forbiddenField, invalidValue, isDns1123Label, isDns1123Subdomain, notSupported, required } from '@t8s/meta';
import { invalidBy, requiredText } from '../../field-checks.ts';
import type {
  FlowcontrolSubject,
  FlowSchema,
  FlowSchemaSpec,
  NonResourcePolicyRule,
  PolicyRulesWithSubjects,
  ResourcePolicyRule,
  ServiceAccountSubject,
} from '../../generated/types.ts';
import { semanticEqual } from '../../semantic-equal.ts';
import { validateConditions } from '../conditions.ts';
import { mandatoryFlowSchemas } from '../mandatory.ts';

const lastPrecedence = 10_000;

export function validateFlowSchema(schema: FlowSchema): FieldError[] {
  const { name = '' } = schema.metadata;
  const fixed = mandatoryFlowSchemas[name];
  return [
    ...validateSpec(schema.spec, name),
    ...(fixed && !semanticEqual(schema.spec, fixed)
      ? [invalidValue('spec', schema.spec, `spec of '${name}' must equal the fixed value`)]
      : []),
    ...validateConditions(schema),
  ];
}

function validateSpec(spec: FlowSchemaSpec, name: string): FieldError[] {
  const { matchingPrecedence: precedence = 0, distinguisherMethod, priorityLevelConfiguration, rules = [] } = spec;
  const level = priorityLevelConfiguration?.name ?? '';
  const say = (message: string): FieldError => invalidValue('spec.matchingPrecedence', precedence, message);
  return [
    ...(precedence <= 0 ? [say('must be a positive value')] : []),
    ...(precedence > lastPrecedence ? [say(`must not be greater than ${lastPrecedence}`)] : []),
    ...(precedence === 1 && name !== 'exempt' ? [say("only the schema named 'exempt' may have matchingPrecedence 1")] : []),
    ...(distinguisherMethod && !['ByNamespace', 'ByUser'].includes(distinguisherMethod.type)
      ? [notSupported('spec.distinguisherMethod.type', distinguisherMethod, ['ByNamespace', 'ByUser'])]
      : []),
    ...(level === ''
      ? [required('spec.priorityLevelConfiguration.name', 'must reference a priority level')]
      : invalidBy('spec.priorityLevelConfiguration.name', level, isDns1123Subdomain(level))),
    ...rules.flatMap((rule, i) => validateRule(rule, `spec.rules[${i}]`)),
  ];
}

function validateRule({ subjects = [], resourceRules = [], nonResourceRules = [] }: PolicyRulesWithSubjects, path: string): FieldError[] {
  return [
    ...(subjects.length === 0 ? [required(`${path}.subjects`, 'subjects must contain at least one value')] : []),
    ...subjects.flatMap((subject, i) => validateSubject(subject, `${path}.subjects[${i}]`)),
    ...(resourceRules.length + nonResourceRules.length === 0
      ? [required(path, 'at least one of resourceRules and nonResourceRules has to be non-empty')]
      : []),
    ...resourceRules.flatMap((rule, i) => validateResourceRule(rule, `${path}.resourceRules[${i}]`)),
    ...nonResourceRules.flatMap((rule, i) => validateNonResourceRule(rule, `${path}.nonResourceRules[${i}]`)),
  ];
}

const subjectFields = { ServiceAccount: 'serviceAccount', User: 'user', Group: 'group' } as const;

function validateSubject(subject: FlowcontrolSubject, path: string): FieldError[] {
  const { kind = '' } = subject;
  const kinds = Object.keys(subjectFields) as (keyof typeof subjectFields)[];
  if (!kinds.some((known) => known === kind)) return [notSupported(`${path}.kind`, kind, kinds)];
  const own = subjectFields[kind as keyof typeof subjectFields];
  const said = subject[own];
  return [
    ...(said === undefined
      ? [required(`${path}.${own}`, `${own} is required when subject kind is '${kind}'`)]
      : own === 'serviceAccount'
        ? validateAccount(said as ServiceAccountSubject, `${path}.${own}`)
        : requiredText(`${path}.${own}.name`, said.name)),
    ...kinds
      .filter((other) => other !== kind && subject[subjectFields[other]] !== undefined)
      .map((other) => {
        const field = subjectFields[other];
        return forbiddenField(`${path}.${field}`, `${field} is forbidden when subject kind is not '${other}'`);
      }),
  ];
}

function validateAccount({ name = '', namespace = '' }: ServiceAccountSubject, path: string): FieldError[] {
  return [
    ...(name === '' ? [required(`${path}.name`)] : name === '*' ? [] : invalidBy(`${path}.name`, name, isDns1123Subdomain(name))),
    ...(namespace === ''
      ? [required(`${path}.namespace`, 'must specify namespace for service account')]
      : invalidBy(`${path}.namespace`, namespace, isDns1123Label(namespace))),
  ];
}

const verbsKnown = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'proxy', 'update', 'watch'];

function validateVerbs(verbs: readonly string[] = [], path: string): FieldError[] {
  if (verbs.length === 0) return [required(path, 'verbs must contain at least one value')];
  if (verbs.includes('*')) return wildcardAlone(verbs, 'verbs', path);
  return verbs.every((verb) => verbsKnown.includes(verb)) ? [] : [notSupported(path, verbs, verbsKnown)];
}

function wildcardAlone(values: readonly string[], what: string, path: string): FieldError[] {
  return values.length > 1 && values.includes('*') ? [invalidValue(path, values, `if '*' is present, must not specify other ${what}`)] : [];
}

function validateResourceRule(rule: ResourcePolicyRule, path: string): FieldError[] {
  const { verbs, apiGroups = [], resources = [], namespaces = [], clusterScope = false } = rule;
  const none = (field: string, values: readonly string[], message: string): FieldError[] =>
    values.length === 0 ? [required(`${path}.${field}`, message)] : [];
  return [
    ...validateVerbs(verbs, `${path}.verbs`),
    ...none('apiGroups', apiGroups, 'resource rules must supply at least one api group'),
    ...wildcardAlone(apiGroups, 'api groups', `${path}.apiGroups`),
    ...none('resources', resources, 'resource rules must supply at least one resource'),
    ...wildcardAlone(resources, 'resources', `${path}.resources`),
    ...(clusterScope
      ? []
      : none('namespaces', namespaces, 'resource rules that are not cluster scoped must supply at least one namespace')),
    ...(namespaces.includes('*')
      ? wildcardAlone(namespaces, 'namespaces', `${path}.namespaces`)
      : namespaces.flatMap((namespace, i) =>
          isDns1123Label(namespace).map((message) =>
            invalidValue(`${path}.namespaces[${i}]`, namespace, `each member of this list must be '*' or a DNS-1123 label; ${message}`),
          ),
        )),
  ];
}

function validateNonResourceRule({ verbs, nonResourceURLs: urls = [] }: NonResourcePolicyRule, path: string): FieldError[] {
  const at = `${path}.nonResourceURLs`;
  return [
    ...validateVerbs(verbs, `${path}.verbs`),
    ...(urls.length === 0 ? [required(at, 'nonResourceURLs must contain at least one value')] : []),
    ...(urls.includes('*')
      ? wildcardAlone(urls, 'non-resource URLs', at)
      : urls.flatMap((url, i) => {
          const error = urlError(url);
          return error === undefined ? [] : [invalidValue(`${at}[${i}]`, url, error)];
        })),
  ];
}

/** A path, or the beginning of paths: `/a/*`. */
function urlError(url: string): string | undefined {
  if (url === '') return 'must not be empty';
  if (url === '/') return undefined;
  if (!url.startsWith('/')) return 'must start with slash';
  if (url.includes(' ')) return 'must not contain white-space';
  if (url.includes('//')) return 'must not contain double slash';
  const wildcards = url.split('*').length - 1;
  return wildcards > 1 || (wildcards === 1 && !url.endsWith('/*')) ? 'wildcard can only do suffix matching' : undefined;
}
