export interface GroupVersion {
  group: string;
  version: string;
}

export interface GroupVersionKind extends GroupVersion {
  kind: string;
}

export interface GroupResource {
  group: string;
  resource: string;
}

/** `apps/v1` → { group: 'apps', version: 'v1' }; `v1` → the core group, ''. Throws on more than one slash. */
export function parseApiVersion(apiVersion: string): GroupVersion {
  const parts = apiVersion.split('/');
  if (parts.length === 1) return { group: '', version: parts[0] ?? '' };
  if (parts.length === 2) return { group: parts[0] ?? '', version: parts[1] ?? '' };
  throw new Error(`unexpected GroupVersion string: ${apiVersion}`);
}

export function formatApiVersion({ group, version }: GroupVersion): string {
  return group === '' ? version : `${group}/${version}`;
}

/** `deployments.apps`, or `pods` for the core group: how messages name a resource. */
export function formatGroupResource({ group, resource }: GroupResource): string {
  return group === '' ? resource : `${resource}.${group}`;
}

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

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
