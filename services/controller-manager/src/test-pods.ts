/** Statuses of pods in the short notation of tests that decide by them. `now` is when they are looked at. */
import type { Pod, PodStatus } from '@t8s/api';

export const now = Date.UTC(2025, 0, 2);

const ready = (lastTransitionTime: string): PodStatus => ({
  phase: 'Running',
  conditions: [{ type: 'Ready', status: 'True', lastTransitionTime }],
});
/** Without a mark a pod has been ready for a day; `?` pending, `+` just ready, `~` ready but going, `x` failed, `d` done, `_` failed and going. */
const states: Record<string, PodStatus> = {
  '': ready('2025-01-01T00:00:00Z'),
  '~': ready('2025-01-01T00:00:00Z'),
  '+': ready('2025-01-02T00:00:00Z'),
  '?': { phase: 'Pending' },
  x: { phase: 'Failed' },
  d: { phase: 'Succeeded' },
  _: { phase: 'Failed' },
};

export function podIn(state: string, name: string, revision: string): Pod {
  return {
    metadata: {
      name,
      labels: { 'controller-revision-hash': revision },
      ...(/[~_]/.test(state) && { deletionTimestamp: '2025-01-02T00:00:00Z' }),
    },
    spec: { containers: [] },
    status: states[state],
  };
}
