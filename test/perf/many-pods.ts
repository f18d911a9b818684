import { sleep } from '@t8s/async';
import type { ApiServerProcess } from './apiserver-process.ts';
import { fetcher, timed } from './fetch.ts';
import { fill } from './lists.ts';
import { median, type Result } from './result.ts';

const sizes = [5000, 15_000, 30_000];
const settleMs = 5000;
const lists = 5;

interface Size {
  count: number;
  /** Of the apiserver, at rest. MB. */
  memory: number;
  /** A whole list from memory. Milliseconds. */
  ms: number;
}

/** What more and more pods cost the apiserver: memory, and time for a list of all. */
export async function manyPods(api: ApiServerProcess): Promise<Result[]> {
  const server = fetcher(api.connection);
  const measured: Size[] = [];
  const empty = api.memory();
  for (const count of sizes) {
    await fill(api, measured.at(-1)?.count ?? 0, count);
    await sleep(settleMs);
    const memory = api.memory();
    const times: number[] = [];
    for (let i = 0; i < lists; i++) times.push(await timed(() => server.get('/api/v1/pods?resourceVersion=0')));
    measured.push({ count, memory, ms: median(times) });
  }
  server.close();
  const last = measured.at(-1) as Size;
  const first = measured[0] as Size;
  const show = (of: (size: Size) => string): string => measured.map((size) => `${size.count}: ${of(size)}`).join(', ');
  const growth = last.ms / last.count / (first.ms / first.count);
  return [
    {
      work: `${last.count} pods in the API: memory of the apiserver`,
      value: `${last.memory.toFixed(0)} MB`,
      goal: '< 700 MB',
      upstream: '740 MB (5,000 pods)',
      detail: `none: ${empty.toFixed(0)}, ${show(({ memory }) => memory.toFixed(0))} MB`,
    },
    {
      work: 'list of all, time a pod: that many / 5,000',
      value: growth.toFixed(2),
      goal: '≤ 1.3',
      upstream: '',
      detail: show(({ ms }) => `${ms.toFixed(0)} ms`),
    },
  ];
}
