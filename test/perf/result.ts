/** One line of the table: what was measured, the goal, and upstream's figure on such a machine (docs/performance.md). */
export interface Result {
  work: string;
  /** What counts: a ratio within this run, or a figure with its unit. */
  value: string;
  goal: string;
  upstream: string;
  detail: string;
}

export function percentile(sorted: readonly number[], p: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? 0;
}

export const median = (values: readonly number[]): number =>
  percentile(
    values.toSorted((a, b) => a - b),
    0.5,
  );

/** Runs `count` pieces of work, `clients` at a time. Returns pieces a second. */
export async function rate(count: number, clients: number, work: (i: number) => Promise<unknown>): Promise<number> {
  let next = 0;
  const start = performance.now();
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (next < count) await work(next++);
    }),
  );
  return count / ((performance.now() - start) / 1000);
}
