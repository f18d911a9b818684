/**
 * `npm run bench [-- name …] [-- --json] [-- --profiles=DIR]`: ratios measured in one run. Absolute figures are of this machine
 * and this hour. With `--profiles` each server writes a CPU profile when it ends.
 */
import { type ApiServerProcess, startApiServerProcess } from './apiserver-process.ts';
import { creates } from './creates.ts';
import { lists } from './lists.ts';
import type { Result } from './result.ts';
import { watches } from './watches.ts';

/** Each on an apiserver and etcd of its own. */
const benchmarks: Record<string, (api: ApiServerProcess) => Promise<Result[]>> = { creates, lists, watches, memory };

const args = process.argv.slice(2);
const profiles = args.find((arg) => arg.startsWith('--profiles='))?.slice('--profiles='.length);
const names = args.filter((arg) => !arg.startsWith('--'));
const unknown = names.find((name) => !benchmarks[name]);
if (unknown !== undefined) {
  process.stderr.write(`unknown benchmark '${unknown}': one of ${Object.keys(benchmarks).join(', ')}\n`);
  process.exit(2);
}
const results: Result[] = [];
for (const name of names.length > 0 ? names : Object.keys(benchmarks)) {
  const api = await startApiServerProcess({ profiles });
  try {
    results.push(...((await benchmarks[name]?.(api)) ?? []));
  } finally {
    await api.stop();
  }
}
if (args.includes('--json')) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
else
  for (const { work, value, goal, upstream, detail } of results)
    process.stdout.write(`${work.padEnd(48)} ${value.padStart(9)}   goal ${goal.padEnd(8)} upstream ${upstream.padEnd(26)} ${detail}\n`);
process.exit(0);

/** Resident memory of the apiserver alone, empty. */
async function memory(api: ApiServerProcess): Promise<Result[]> {
  return [
    {
      work: 'apiserver memory, idle',
      value: `${(await api.memory()).toFixed(0)} MB`,
      goal: '< 180 MB',
      upstream: '253 MB',
      detail: 'three control-plane processes together: < 300 MB, upstream 467 MB',
    },
  ];
}
