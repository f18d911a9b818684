import type { Plugin } from '../../framework/plugin.ts';

/** A pod with `schedulingGates` waits until the last one is taken off (KEP-3521). */
export const schedulingGates: Plugin = {
  name: 'SchedulingGates',
  hints: {},
  preEnqueue({ pod }) {
    const gates = (pod.spec.schedulingGates ?? []).map(({ name }) => name);
    if (gates.length === 0) return undefined;
    return { code: 'UnschedulableAndUnresolvable', reasons: [`waiting for scheduling gates: [${gates.join(' ')}]`] };
  },
};
