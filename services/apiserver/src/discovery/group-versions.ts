/** The group-versions of what is served, in the order in which clients are told of them. */
import type { GroupVersion } from '@t8s/meta';
import type { ServedResource } from '../context.ts';

/** Upstream's order of groups: by priority, as kubectl api-resources shows them. */
const groupOrder = [
  '',
  'apiregistration.k8s.io',
  'apps',
  'events.k8s.io',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'networking.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'storage.k8s.io',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'scheduling.k8s.io',
  'coordination.k8s.io',
  'node.k8s.io',
  'discovery.k8s.io',
  'flowcontrol.apiserver.k8s.io',
];

/** Every group-version but the core's: built-in groups in order, then custom ones by name, the newest version of each first. */
export function groupVersionsOf(resources: readonly ServedResource[]): GroupVersion[] {
  const found = new Map<string, GroupVersion>();
  for (const { group, version } of resources.map(({ kind }) => kind))
    if (group !== '') found.set(`${group}/${version}`, { group, version });
  return [...found.values()].sort(
    (a, b) => place(a.group) - place(b.group) || compareText(a.group, b.group) || compareVersions(b.version, a.version),
  );
}

const place = (group: string): number => (groupOrder.includes(group) ? groupOrder.indexOf(group) : groupOrder.length);

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * Below 0 where `a` is the older version: GA after beta after alpha, by their numbers, and any other name before them all.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/#version-priority
 */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [rank(a), rank(b)];
  if (!left || !right) return left ? 1 : right ? -1 : compareText(b, a);
  return left.stability - right.stability || left.major - right.major || left.minor - right.minor;
}

function rank(version: string): { stability: number; major: number; minor: number } | undefined {
  const [match, major, stage, minor] = /^v([1-9]\d*)(?:(alpha|beta)([1-9]\d*))?$/.exec(version) ?? [];
  if (match === undefined) return undefined;
  return { stability: stage === 'alpha' ? 0 : stage === 'beta' ? 1 : 2, major: Number(major), minor: Number(minor ?? 0) };
}
