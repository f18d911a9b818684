/** The Pod Security Standards: which checks a level of a version is made of (https://kubernetes.io/docs/concepts/security/pod-security-standards/). */
import { capabilityChecks } from './checks/capabilities.ts';
import type { Check, Judge, PodSubject, Violation } from './checks/check.ts';
import { confinementChecks } from './checks/confinement.ts';
import { hostChecks } from './checks/host.ts';
import { privilegeChecks } from './checks/privileges.ts';
import { seccompChecks } from './checks/seccomp.ts';
import { volumeChecks } from './checks/volumes.ts';
import type { LevelVersion } from './policy.ts';

const byId = (a: Check, b: Check): number => (a.id < b.id ? -1 : 1);
const checks = [...capabilityChecks, ...confinementChecks, ...hostChecks, ...privilegeChecks, ...seccompChecks, ...volumeChecks].sort(byId);
const baseline = checks.filter(({ level }) => level === 'baseline');
const restricted = checks.filter(({ level }) => level === 'restricted');

/** What stands against a pod: the checks of baseline first, then those of restricted, each by id. */
export function evaluate(pod: PodSubject, { level, version }: LevelVersion): Violation[] {
  if (level === 'privileged') return [];
  const judge = ({ versions }: Check): Judge | undefined => versions.findLast(([since]) => since <= version)?.[1];
  const stricter = level === 'restricted' ? restricted.filter(judge) : [];
  const overridden = new Set(stricter.map(({ overrides }) => overrides));
  return [...baseline.filter(({ id }) => !overridden.has(id)), ...stricter].flatMap((check) => judge(check)?.(pod) ?? []);
}

/** `host namespaces (hostPID=true), privileged (…)`. */
export const describe = (violations: readonly Violation[]): string =>
  violations.map(({ reason, detail }) => `${reason} (${detail})`).join(', ');
