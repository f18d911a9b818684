/** How far and how fast a number of replicas may go: bounds, rates and what was recommended a while ago. */
import type { HorizontalPodAutoscalerSpecV2, HPAScalingRules } from '@t8s/api';

/** Of one autoscaler, as far back as anything asks. In memory only: a new leader starts afresh. Milliseconds. */
export interface History {
  recommendations: { at: number; replicas: number }[];
  changes: { at: number; by: number }[];
}

export interface Verdict {
  /** Condition AbleToScale. */
  stabilized?: { reason: string; message: string };
  /** Condition ScalingLimited, and whether it holds. */
  limited: { holds: boolean; reason: string; message: string };
  replicas: number;
}

interface Wish {
  spec: HorizontalPodAutoscalerSpecV2;
  current: number;
  desired: number;
  now: number;
  /** How long to wait before scaling down where the autoscaler doesn't say. Milliseconds. */
  downscaleStabilization: number;
}

const messages = {
  TooManyReplicas: 'the desired replica count is more than the maximum replica count',
  TooFewReplicas: 'the desired replica count is less than the minimum replica count',
  ScaleUpLimit: 'the desired replica count is increasing faster than the maximum scale rate',
  ScaleDownLimit: 'the desired replica count is decreasing faster than the maximum scale rate',
  DesiredWithinRange: 'the desired count is within the acceptable range',
  ScaleUpStabilized: 'recent recommendations were lower than current one, applying the lowest recent recommendation',
  ScaleDownStabilized: 'recent recommendations were higher than current one, applying the highest recent recommendation',
} as const;
const say = (reason: keyof typeof messages): { reason: string; message: string } => ({ reason, message: messages[reason] });

/** Notes the wish in `history` and says what may become of it. */
export function limit(wish: Wish, history: History): Verdict {
  const stable = stabilize(wish, history);
  const { replicas, reason } = bound({ ...wish, desired: stable }, history);
  return {
    replicas,
    ...(stable !== wish.desired && {
      stabilized: say(wish.spec.behavior && wish.desired >= wish.current ? 'ScaleUpStabilized' : 'ScaleDownStabilized'),
    }),
    limited: { holds: replicas !== stable, ...say(reason) },
  };
}

/** Not lower than what was recommended of late; with rules of its own, not higher either. */
function stabilize({ spec, current, desired, now, downscaleStabilization }: Wish, history: History): number {
  const windowOf = (rules: HPAScalingRules | undefined, otherwise: number): number =>
    rules?.stabilizationWindowSeconds === undefined ? otherwise : rules.stabilizationWindowSeconds * 1000;
  const up = windowOf(spec.behavior?.scaleUp, 0);
  const down = windowOf(spec.behavior?.scaleDown, downscaleStabilization);
  history.recommendations = history.recommendations.filter(({ at }) => at > now - Math.max(up, down));
  const within = (window: number): number[] =>
    history.recommendations.filter(({ at }) => at > now - window).map(({ replicas }) => replicas);
  const lowest = Math.min(desired, ...within(up));
  const highest = Math.max(desired, ...within(down));
  history.recommendations.push({ at: now, replicas: desired });
  if (!spec.behavior) return highest;
  return Math.min(Math.max(current, lowest), highest);
}

function bound({ spec, current, desired, now }: Wish, history: History): { replicas: number; reason: keyof typeof messages } {
  const { minReplicas = 1, maxReplicas, behavior } = spec;
  const added = (seconds: number): number => total(history, now - seconds * 1000, 1);
  const removed = (seconds: number): number => total(history, now - seconds * 1000, -1);
  if (desired > current || desired > maxReplicas) {
    const rate = behavior ? Math.max(current, highestOf(behavior.scaleUp, { current, added, removed })) : Math.max(2 * current, 4);
    const most = Math.min(rate, maxReplicas);
    if (desired > most) return { replicas: most, reason: rate < maxReplicas ? 'ScaleUpLimit' : 'TooManyReplicas' };
  }
  if (desired < current || desired < minReplicas) {
    const rate = behavior ? Math.min(current, lowestOf(behavior.scaleDown, { current, added, removed })) : 0;
    const least = Math.max(rate, minReplicas);
    if (desired < least) return { replicas: least, reason: rate > minReplicas ? 'ScaleDownLimit' : 'TooFewReplicas' };
  }
  return { replicas: desired, reason: 'DesiredWithinRange' };
}

interface Lately {
  current: number;
  /** Replicas added, and removed, within the last seconds. */
  added(seconds: number): number;
  removed(seconds: number): number;
}

function highestOf(rules: HPAScalingRules | undefined, { current, added, removed }: Lately): number {
  if (rules?.selectPolicy === 'Disabled') return current;
  const limits = (rules?.policies ?? []).map(({ type, value, periodSeconds }) => {
    const start = current - added(periodSeconds) + removed(periodSeconds);
    return type === 'Pods' ? start + value : Math.ceil(start * (1 + value / 100));
  });
  return rules?.selectPolicy === 'Min' ? Math.min(...limits) : Math.max(...limits);
}

function lowestOf(rules: HPAScalingRules | undefined, { current, added, removed }: Lately): number {
  if (rules?.selectPolicy === 'Disabled') return current;
  const limits = (rules?.policies ?? []).map(({ type, value, periodSeconds }) => {
    const start = current - added(periodSeconds) + removed(periodSeconds);
    return type === 'Pods' ? start - value : Math.trunc(start * (1 - value / 100));
  });
  return rules?.selectPolicy === 'Min' ? Math.max(...limits) : Math.min(...limits);
}

const total = ({ changes }: History, since: number, sign: 1 | -1): number =>
  changes.filter(({ at, by }) => at > since && by * sign > 0).reduce((sum, { by }) => sum + by * sign, 0);

/** Notes a change that was made, and forgets those that no policy asks about any more. */
export function noteChange({ behavior }: HorizontalPodAutoscalerSpecV2, history: History, { at, by }: { at: number; by: number }): void {
  const periods = [behavior?.scaleUp, behavior?.scaleDown]
    .flatMap((rules) => rules?.policies ?? [])
    .map(({ periodSeconds }) => periodSeconds * 1000);
  const longest = Math.max(0, ...periods);
  history.changes = history.changes.filter((change) => change.at > at - longest);
  if (longest > 0) history.changes.push({ at, by });
}
