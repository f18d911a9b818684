/** Roles and their bindings. */
import type { ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding } from '@t8s/api';
import type { Describer, Subject } from './describer.ts';
import { goList } from './go-values.ts';

export const describeRole: Describer<Role | ClusterRole> = async (subject) => {
  const { object, to } = subject;
  describeNamed(subject);
  to.line(0, 'PolicyRule:');
  to.line(1, 'Resources', 'Non-Resource URLs', 'Resource Names', 'Verbs');
  to.line(1, '---------', '-----------------', '--------------', '-----');
  for (const rule of compact((object.rules ?? []).flatMap(apart)))
    to.line(1, resourceText(rule), goList(rule.nonResourceURLs), goList(rule.resourceNames), goList(rule.verbs));
};

export const describeBinding: Describer<RoleBinding | ClusterRoleBinding> = async (subject) => {
  const { object, to } = subject;
  describeNamed(subject);
  to.line(0, 'Role:');
  to.line(1, 'Kind:', object.roleRef.kind);
  to.line(1, 'Name:', object.roleRef.name);
  to.line(0, 'Subjects:');
  to.line(1, 'Kind', 'Name', 'Namespace');
  to.line(1, '----', '----', '---------');
  for (const { kind, name, namespace } of object.subjects ?? []) to.line(1, kind, name, namespace);
};

/** Their namespace is not told. */
function describeNamed({ object: { metadata }, to }: Subject): void {
  to.line(0, 'Name:', metadata.name);
  to.map('Labels', metadata.labels);
  to.annotations(metadata.annotations);
}

/** One rule for each group, resource, name and verb. */
function apart({ apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [], verbs }: PolicyRule): PolicyRule[] {
  const names = resourceNames.length > 0 ? resourceNames.map((name) => [name]) : [[]];
  return [
    ...apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        verbs.flatMap((verb) =>
          names.map((one) => ({ apiGroups: [group], resources: [resource], resourceNames: one, nonResourceURLs: [], verbs: [verb] })),
        ),
      ),
    ),
    ...nonResourceURLs.flatMap((url) =>
      verbs.map((verb) => ({ apiGroups: [], resources: [], resourceNames: [], nonResourceURLs: [url], verbs: [verb] })),
    ),
  ];
}

/** Those that differ in nothing but their verb together, in the order of their text in Go. */
function compact(rules: readonly PolicyRule[]): PolicyRule[] {
  const merged = new Map<string, PolicyRule>();
  const others: PolicyRule[] = [];
  for (const rule of rules) {
    if (rule.nonResourceURLs?.length) {
      others.push(rule);
      continue;
    }
    const id = JSON.stringify([rule.apiGroups, rule.resources, rule.resourceNames]);
    const known = merged.get(id);
    if (known) known.verbs.push(...rule.verbs.filter((verb) => !known.verbs.includes(verb)));
    else merged.set(id, { ...rule, verbs: [...rule.verbs] });
  }
  return [...others, ...merged.values()]
    .map((rule) => ({ rule, text: goText(rule) }))
    .sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0))
    .map(({ rule }) => rule);
}

const goText = ({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }: PolicyRule): string =>
  `Verbs:${goList(verbs)},APIGroups:${goList(apiGroups)},Resources:${goList(resources)},ResourceNames:${goList(resourceNames)},NonResourceURLs:${goList(nonResourceURLs)}`;

/** `deployments.apps/scale`. */
function resourceText({ resources: [resource] = [], apiGroups: [group] = [] }: PolicyRule): string {
  if (resource === undefined) return '';
  const [name = '', subresource] = resource.split(/\/(.*)/s);
  return `${name}${group ? `.${group}` : ''}${subresource === undefined ? '' : `/${subresource}`}`;
}
