import type { PodCondition, PodStatus } from '@t8s/api';

type Patch = Record<string, unknown>;

/**
 * The strategic merge patch that makes the API's status ours: only fields that differ, and of the conditions only our own,
 * so that those of others stay. undefined where nothing differs.
 */
export function statusPatch(current: PodStatus | undefined, wanted: PodStatus): Patch | undefined {
  const old = (current ?? {}) as Patch;
  const next = wanted as Patch;
  const patch: Patch = {};
  for (const key of new Set([...Object.keys(next), 'reason', 'message'])) {
    if (key === 'conditions' || isSame(old[key], next[key])) continue;
    const value = next[key] ?? null;
    // Lists that merge by key: without the directive an address that is gone would stay.
    const merges = (key === 'podIPs' || key === 'hostIPs') && Array.isArray(old[key]) && Array.isArray(value);
    patch[key] = merges ? [...(value as unknown[]), { $patch: 'replace' }] : value;
  }
  const conditions = changedConditions(current?.conditions ?? [], wanted.conditions ?? []);
  if (conditions.length > 0) patch['conditions'] = conditions;
  return Object.keys(patch).length > 0 ? patch : undefined;
}

/** Conditions that are there only as long as they are true. */
const passing: readonly string[] = ['PodResizePending'];

function changedConditions(old: readonly PodCondition[], wanted: readonly PodCondition[]): Patch[] {
  const over = old.filter(({ type }) => passing.includes(type) && !wanted.some((condition) => condition.type === type));
  const changed = wanted
    .map((condition): Patch => {
      const before = old.find((c) => c.type === condition.type);
      const gone = Object.keys(before ?? {}).filter((key) => !(key in condition) && (key === 'reason' || key === 'message'));
      return { ...condition, ...Object.fromEntries(gone.map((key) => [key, null])) };
    })
    .filter((condition) => {
      const before = old.find((c) => c.type === condition['type']) as Patch | undefined;
      return !before || Object.keys(condition).some((key) => key !== 'lastProbeTime' && !isSame(before[key], condition[key]));
    });
  return [...changed, ...over.map(({ type }) => ({ $patch: 'delete', type }))];
}

/** Absent and null are the same, and so are absent and {}; the order of keys means nothing. */
export function isSame(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}

function canonical(value: unknown): string {
  return JSON.stringify(value ?? null, (_, part: unknown) => {
    if (part === null || typeof part !== 'object' || Array.isArray(part)) return part;
    const entries = Object.entries(part).filter(([, v]) => v !== null && v !== undefined && !isEmptyObject(v));
    return Object.fromEntries(entries.sort(([x], [y]) => (x < y ? -1 : 1)));
  });
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
}
