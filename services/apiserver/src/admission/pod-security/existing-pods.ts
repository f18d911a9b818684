import type { Pod } from '@t8s/api';
import { quote } from '@t8s/meta';
import { evaluate } from './evaluate.ts';
import { formatLevel, type LevelVersion } from './policy.ts';

/** Pods looked at when a namespace's level changes, and milliseconds to spend on them (upstream's). */
const most = { pods: 3000, ms: 1000 };

/** What to tell who raises a namespace's level of the pods that are there: those alike share a line. */
export function warningsAbout(pods: readonly Pod[], { namespace, enforce }: { namespace: string; enforce: LevelVersion }): string[] {
  const found = new Map<string, string[]>();
  const until = performance.now() + most.ms;
  let checked = 0;
  for (const pod of pods.slice(0, most.pods)) {
    checked++;
    const reasons = evaluate(pod, enforce)
      .map(({ reason }) => reason)
      .join(', ');
    const { name = '' } = pod.metadata;
    const alike = found.get(reasons);
    if (alike) alike.push(name);
    else if (reasons !== '') found.set(reasons, [name]);
    if (performance.now() > until) break;
  }
  return [
    ...(checked < pods.length
      ? [`new PodSecurity enforce level only checked against the first ${checked} of ${pods.length} existing pods`]
      : []),
    ...(found.size > 0
      ? [`existing pods in namespace ${quote(namespace)} violate the new PodSecurity enforce level ${quote(formatLevel(enforce))}`]
      : []),
    ...[...found].map(([reasons, names]) => `${named(names.sort())}: ${reasons}`).sort(),
  ];
}

function named([first = '', ...others]: readonly string[]): string {
  if (others.length === 0) return first;
  return `${first} (and ${others.length} other ${others.length === 1 ? 'pod' : 'pods'})`;
}
