/**
 * `npm run bench [-- part …] [-- --json] [-- --profiles=DIR]`: ratios measured in one run. Absolute figures are of this machine
 * and this hour. With `--profiles` each of our processes writes a CPU profile there when it ends.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { makeRootFs } from '../integration/kubelet/root-fs.ts';
import { type ApiServerProcess, startApiServerProcess } from './apiserver-process.ts';
import { authorization } from './authorization.ts';
import { memory, rollouts, slices } from './controllers.ts';
import { creates, patches } from './creates.ts';
import { lists } from './lists.ts';
import { manyPods } from './many-pods.ts';
import { pods } from './pods.ts';
import type { Result } from './result.ts';
import { type Scenario, scenarios, scheduling } from './scheduling.ts';
import { up } from './up.ts';
import { watches } from './watches.ts';

type Part = (profiles?: string) => Promise<Result[]>;

/** Set in the process that runs one part. */
const inside = 'T8S_BENCH_INSIDE';
const parts: Record<string, Part> = {
  authorization: async () => authorization(),
  creates: onApiServer(creates),
  patches: onApiServer(patches),
  lists: onApiServer(lists),
  watches: onApiServer(watches),
  'many-pods': onApiServer(manyPods),
  ...Object.fromEntries(Object.entries(scenarios).map(([name, scenario]) => [`scheduler-${name}`, schedulingOf(scenario)])),
  'controllers-deployments': onApiServer(rollouts),
  'controllers-slices': onApiServer(slices),
  'controllers-memory': onApiServer(memory),
  pods: (profiles) => pods(process.env['ROOT_FS'] ?? '', profiles),
  up,
};

const args = process.argv.slice(2);
const profiles = args.find((arg) => arg.startsWith('--profiles='))?.slice('--profiles='.length);
const words = args.filter((arg) => !arg.startsWith('--'));
/** A word stands for the part of that name, or for all that begin with it: `scheduler`. */
const named = (word: string): string[] => Object.keys(parts).filter((name) => name === word || name.startsWith(`${word}-`));
const names = words.flatMap(named);
const stopped = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopped.abort());
const usage = `npm run bench [-- part ...] [-- --json] [-- --profiles=DIR], of the parts ${Object.keys(parts).join(', ')}\n`;
if (args.includes('--help')) {
  process.stdout.write(usage);
  process.exit();
}
const unknown = args.find((arg) => (arg.startsWith('--') ? !/^--(json|profiles=.+)$/.test(arg) : named(arg).length === 0));
if (unknown !== undefined) {
  process.stderr.write(`'${unknown}' is unknown: ${usage}`);
  process.exit(2);
}
if (process.env[inside] !== undefined) {
  execFileSync('ip', ['link', 'set', 'lo', 'up']);
  const [name = ''] = names;
  // In memory, so that no disk is measured, nor what the kernel does for it. Docker needs more than tmpfs offers.
  if (name !== 'pods') execFileSync('mount', ['-t', 'tmpfs', 'bench', tmpdir()]);
  process.stdout.write(JSON.stringify(await parts[name]?.(profiles)), () => process.exit());
} else await runAll();

async function runAll(): Promise<void> {
  const isJson = args.includes('--json');
  const results: Result[] = [];
  for (const name of names.length > 0 ? names : Object.keys(parts)) {
    if (stopped.signal.aborted) break;
    try {
      const rows = name === 'up' ? await up() : await isolated(name);
      results.push(...rows);
      if (!isJson) for (const row of rows) process.stdout.write(line(row));
    } catch (error) {
      // What the other parts measure counts all the same.
      process.stderr.write(`${name}: ${(error as Error).stack}\n`);
      process.exitCode = 1;
    }
  }
  if (isJson) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
}

function line({ work, value, goal, upstream, detail }: Result): string {
  const beside = [goal && `goal ${goal}`, upstream && `upstream ${upstream}`];
  return `${work.padEnd(50)} ${value.padStart(9)}   ${beside[0]?.padEnd(14)} ${beside[1]?.padEnd(38)} ${detail}\n`;
}

function schedulingOf(scenario: Scenario): Part {
  return onApiServer((api, profiles) => scheduling(api, scenario, profiles));
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

/**
 * Runs a part in namespaces of its own: its addresses, rules, mounts and processes are no one else's and go with it, whatever
 * ends it, and so do its files.
 */
async function isolated(name: string): Promise<Result[]> {
  const dir = mkdtempSync(join(tmpdir(), 't8s-perf-'));
  try {
    const env = { ...process.env, TMPDIR: dir, [inside]: '1', ...(name === 'pods' && { ROOT_FS: makeRootFs(dir) }) };
    const namespaces = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
    const program = [process.execPath, import.meta.filename, name, '--json', ...(profiles === undefined ? [] : [`--profiles=${profiles}`])];
    const child = spawn('unshare', [...namespaces, ...program], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    const kill = (): void => void child.kill('SIGKILL');
    stopped.signal.addEventListener('abort', kill, { once: true });
    const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
    stopped.signal.removeEventListener('abort', kill);
    if (code !== 0) throw new Error(stopped.signal.aborted ? 'stopped' : `ended with ${code}`);
    return JSON.parse(output) as Result[];
  } finally {
    rmSync(dir, { recursive: true });
  }
}
