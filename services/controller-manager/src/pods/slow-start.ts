/**
 * Does `count` things in batches of 1, 2, 4 …, each batch at once, and stops after the first batch with a failure:
 * when all would fail for one reason (a quota), few are tried. Returns how many succeeded and the first error.
 */
export async function slowStart(count: number, run: (index: number) => Promise<void>): Promise<{ succeeded: number; error?: unknown }> {
  let succeeded = 0;
  for (let done = 0, size = 1; done < count; done += size, size = size * 2) {
    const batch = Math.min(size, count - done);
    const start = done;
    const results = await Promise.allSettled(Array.from({ length: batch }, (_, i) => run(start + i)));
    succeeded += results.filter((r) => r.status === 'fulfilled').length;
    const failed = results.find((r) => r.status === 'rejected');
    if (failed) return { succeeded, error: failed.reason };
  }
  return { succeeded };
}
