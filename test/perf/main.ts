/**
 * `npm run bench [-- part …] [-- --json] [-- --profiles=DIR]`: ratios measured in one run. Absolute figures are of this machine
 * and this hour. With `--profiles` each of our processes writes a CPU profile there when it ends.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { makeRootFs } from '../integration/kubelet/root-fs.ts';
import { type ApiServerProcess, startApiServerProcess } from './apiserver-process.ts';
import { creates } from './creates.ts';
import { lists } from './lists.ts';
import { pods } from './pods.ts';
import type { Result } from './result.ts';
import { scheduling } from './scheduling.ts';
import { up } from './up.ts';
import { watches } from './watches.ts';

type Part = (profiles?: string) => Promise<Result[]>;

const parts: Record<string, Part> = {
  creates: onApiServer(creates),
  lists: onApiServer(lists),
  watches: onApiServer(watches),
  scheduling: onApiServer(scheduling),
  pods: inNetworkNamespace('pods', pods),
  up,
};

const args = process.argv.slice(2);
const profiles = args.find((arg) => arg.startsWith('--profiles='))?.slice('--profiles='.length);
const names = args.filter((arg) => !arg.startsWith('--'));
const unknown = names.find((name) => !parts[name]);
if (unknown !== undefined) {
  process.stderr.write(`no part '${unknown}': there are ${Object.keys(parts).join(', ')}\n`);
  process.exit(2);
}
const isJson = args.includes('--json');
const results: Result[] = [];
for (const name of names.length > 0 ? names : Object.keys(parts)) {
  try {
    const rows = (await parts[name]?.(profiles)) ?? [];
    results.push(...rows);
    if (!isJson) for (const row of rows) process.stdout.write(line(row));
  } catch (error) {
    // What the other parts measure counts all the same.
    process.stderr.write(`${name}: ${(error as Error).stack}\n`);
    process.exitCode = 1;
  }
}
if (isJson) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
process.exit();

function line({ work, value, goal, upstream, detail }: Result): string {
  const beside = [goal && `goal ${goal}`, upstream && `upstream ${upstream}`];
  return `${work.padEnd(50)} ${value.padStart(9)}   ${beside[0]?.padEnd(14)} ${beside[1]?.padEnd(38)} ${detail}\n`;
}

/** With an apiserver and an etcd of its own. */
function onApiServer(part: (api: ApiServerProcess, profiles?: string) => Promise<Result[]>): Part {
  return async (profiles) => {
    const api = await startApiServerProcess({ profiles });
    try {
      return await part(api, profiles);
    } finally {
      await api.stop();
    }
  };
}

/** In a process of its own: addresses, rules and mounts of its node are no one else's, and go with it. */
function inNetworkNamespace(name: string, part: (rootFs: string, profiles?: string) => Promise<Result[]>): Part {
  const inside = process.env['ROOT_FS'];
  if (inside !== undefined) return (profiles) => part(inside, profiles);
  return async (profiles) => {
    const dir = mkdtempSync(join(tmpdir(), 't8s-perf-root-fs-'));
    try {
      const env = { ...process.env, ROOT_FS: makeRootFs(dir) };
      const flags = ['--json', ...(profiles === undefined ? [] : [`--profiles=${profiles}`])];
      const command = ['--net', '--mount', process.execPath, import.meta.filename, name, ...flags];
      const child = spawn('unshare', command, { env, stdio: ['ignore', 'pipe', 'inherit'] });
      const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
      if (code !== 0) throw new Error(`part ${name} ended with ${code}`);
      return JSON.parse(output) as Result[];
    } finally {
      rmSync(dir, { recursive: true });
    }
  };
}
