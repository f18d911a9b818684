/** What a cluster may leave on a machine, read before and after it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { attempt, run } from './command.ts';

/** Lines by subject, sorted. */
export type MachineState = Record<string, string[]>;

/** Directories whose names a cluster may add to, at the depth that counts. */
const watched = [
  '/run',
  '/run/netns',
  '/var/run/docker',
  '/var/lib',
  '/var/lib/cni',
  '/etc/cni/net.d',
  '/etc',
  '/sys/fs/cgroup',
  '/sys/fs/cgroup/memory',
];

export async function machineState(): Promise<MachineState> {
  const lines = (text: string): string[] => text.split('\n').filter(Boolean).sort();
  const rules = await attempt('iptables-save', []);
  const state = {
    interfaces: lines(await run('ip', ['-o', 'link']))
      .map((line) => line.split(': ')[1]?.split('@')[0] ?? line)
      .sort(),
    namespaces: lines(await run('ip', ['netns', 'list'])),
    routes: lines(await run('ip', ['route', 'show', 'table', 'all'])).filter((route) => !route.includes('table local')),
    // Tables that were read once stay listed, with their built-in chains.
    rules: lines(rules.stdout).filter((line) => !/^(#|\*|COMMIT|:[A-Z]+ (ACCEPT|DROP) )/.test(line)),
    // Whoever else runs containers here mounts and starts what it likes.
    mounts: lines(readFileSync('/proc/mounts', 'utf8'))
      .map((line) => line.split(' ')[1] ?? '')
      .filter((path) => /^\/(run|var\/lib\/(t8s|cni|kubelet))\/|\/t8s-e2e-/.test(path) && !path.startsWith('/run/docker/')),
    processes: ownProcesses(),
    files: watched.flatMap((dir) => (existsSync(dir) ? readdirSync(dir).map((name) => join(dir, name)) : [])).sort(),
  };
  // Network namespaces of other tests, which may run beside this one, are none of a cluster's.
  return Object.fromEntries(
    Object.entries(state).map(([subject, found]) => [subject, found.filter((line) => !/t8s-\w+-test-/.test(line))]),
  );
}

/** What is there now and was not, and the other way round: `+ rules -A INPUT …`. */
export function changes(before: MachineState, after: MachineState): string[] {
  const missing = (from: MachineState, to: MachineState, sign: string): string[] =>
    Object.entries(to).flatMap(([subject, lines]) =>
      lines.filter((line) => !from[subject]?.includes(line)).map((line) => `${sign} ${subject} ${line}`),
    );
  return [...missing(before, after, '+'), ...missing(after, before, '-')];
}

/** By the mark that every process of a cluster carries. */
function ownProcesses(): string[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((pid) => {
      try {
        const isOurs = readFileSync(`/proc/${pid}/environ`, 'utf8').includes('T8S_CLUSTER=');
        return isOurs ? [`${pid} ${readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')}`] : [];
      } catch (error) {
        if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
        throw error;
      }
    })
    .sort();
}
