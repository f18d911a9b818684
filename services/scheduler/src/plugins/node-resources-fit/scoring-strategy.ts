/** How full a node would be, as a score: one rule a resource, and the weighted mean of all. */
import type { NodeInfo } from '../../framework/node-info.ts';
import { maxScore } from '../../framework/plugin.ts';
import type { PodInfo } from '../../framework/pod-info.ts';
import { amountOf, isScalar } from '../../framework/resources.ts';

export interface ShapePoint {
  /** 0 to 100. */
  utilization: number;
  /** 0 to 10. */
  score: number;
}

export interface ScoringStrategy {
  type: 'LeastAllocated' | 'MostAllocated' | 'RequestedToCapacityRatio';
  resources: readonly { name: string; weight: number }[];
  /** Of RequestedToCapacityRatio; the utilizations rise. */
  shape: readonly ShapePoint[];
}

const shapeScale = maxScore / 10;

/** The score of a node for a pod, in whole numbers as upstream rounds them. */
export function scorerOf({ type, resources, shape }: ScoringStrategy): (pod: PodInfo, node: NodeInfo) => number {
  const isRatio = type === 'RequestedToCapacityRatio';
  const scoreOf = { LeastAllocated: least, MostAllocated: most, RequestedToCapacityRatio: ratioBy(shape) }[type];
  return ({ requests: { assumed } }, { allocatable, assumedRequested }) => {
    let sum = 0;
    let weights = 0;
    for (const { name, weight } of resources) {
      const capacity = amountOf(allocatable, name);
      const wanted = amountOf(assumed, name);
      // What the node does not offer is not counted, nor an extended resource that the pod does not ask for.
      if (capacity === 0 || (wanted === 0 && isScalar(name))) continue;
      const score = scoreOf(amountOf(assumedRequested, name) + wanted, capacity);
      if (isRatio && score === 0) continue;
      sum += score * weight;
      weights += weight;
    }
    if (weights === 0) return 0;
    return isRatio ? Math.round(sum / weights) : Math.floor(sum / weights);
  };
}

const least = (wanted: number, capacity: number): number =>
  wanted > capacity ? 0 : Math.floor(((capacity - wanted) * maxScore) / capacity);

const most = (wanted: number, capacity: number): number => Math.floor((Math.min(wanted, capacity) * maxScore) / capacity);

/** A line through the points of the shape, level before the first and after the last. */
function ratioBy(shape: readonly ShapePoint[]): (wanted: number, capacity: number) => number {
  return (wanted, capacity) => {
    const used = wanted > capacity ? 100 : Math.floor((wanted * 100) / capacity);
    const i = shape.findIndex(({ utilization }) => used <= utilization);
    const [before, after] = [shape[i === -1 ? shape.length - 1 : i - 1], shape[i]];
    if (!before || !after) return (before ?? after ?? { score: 0 }).score * shapeScale;
    const rise = (after.score - before.score) * shapeScale * (used - before.utilization);
    return before.score * shapeScale + Math.trunc(rise / (after.utilization - before.utilization));
  };
}
