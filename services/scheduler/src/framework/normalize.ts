import { maxScore } from './plugin.ts';

/** Scales so that the highest becomes 100, in whole numbers; `reverse` makes the highest the worst. All zero: 0, or 100 in reverse. */
export function normalizeByMax(scores: Float64Array | number[], { reverse }: { reverse: boolean }): void {
  let max = 0;
  for (const score of scores) if (score > max) max = score;
  for (let i = 0; i < scores.length; i++) {
    const scaled = max === 0 ? 0 : Math.floor((maxScore * (scores[i] as number)) / max);
    scores[i] = reverse ? maxScore - scaled : scaled;
  }
}
