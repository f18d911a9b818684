/** What the kernel counts for a group of processes: https://docs.kernel.org/admin-guide/cgroup-v2.html and its v1 elder. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface CgroupUsage {
  /** Nanoseconds of all cores. */
  cpu: number;
  /** Bytes in use, without the file pages that go first under pressure. */
  workingSet: number;
}

/** Where the counters of a process' group are: v1 has a tree for each controller, v2 one for all. */
export type Cgroup = { cpuUsage: string; cpuScale: number; memory: string; memoryStat: string; inactive: string };

const root = '/sys/fs/cgroup';

/** The group of process `pid`; undefined where the process is gone. */
export async function cgroupOf(pid: number): Promise<Cgroup | undefined> {
  const text = await readUnlessGone(`/proc/${pid}/cgroup`);
  return text === undefined ? undefined : parseCgroup(text);
}

/** `text` is that of /proc/PID/cgroup. */
export function parseCgroup(text: string): Cgroup {
  const paths = new Map(
    text
      .trim()
      .split('\n')
      .flatMap((line) => {
        const [, controllers = '', path = ''] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
        return controllers.split(',').map((controller) => [controller, path] as const);
      }),
  );
  const [cpuacct, memory] = [paths.get('cpuacct'), paths.get('memory')];
  if (cpuacct !== undefined && memory !== undefined) {
    const dir = join(root, 'memory', memory);
    return {
      cpuUsage: join(root, 'cpuacct', cpuacct, 'cpuacct.usage'),
      cpuScale: 1,
      memory: join(dir, 'memory.usage_in_bytes'),
      memoryStat: join(dir, 'memory.stat'),
      inactive: 'total_inactive_file',
    };
  }
  const dir = join(root, paths.get('') ?? '/');
  return {
    cpuUsage: join(dir, 'cpu.stat'),
    cpuScale: 1000,
    memory: join(dir, 'memory.current'),
    memoryStat: join(dir, 'memory.stat'),
    inactive: 'inactive_file',
  };
}

/** Undefined where the group is gone. */
export async function readUsage({ cpuUsage, cpuScale, memory, memoryStat, inactive }: Cgroup): Promise<CgroupUsage | undefined> {
  const [cpu, used, stat] = await Promise.all([cpuUsage, memory, memoryStat].map(readUnlessGone));
  if (cpu === undefined || used === undefined || stat === undefined) return undefined;
  const cached = Number(new RegExp(`^${inactive} (\\d+)$`, 'm').exec(stat)?.[1] ?? 0);
  return {
    cpu: Number(/^(?:usage_usec )?(\d+)$/m.exec(cpu)?.[1] ?? 0) * cpuScale,
    workingSet: Math.max(0, Number(used) - cached),
  };
}

async function readUnlessGone(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // ENODEV and ESRCH: the group or the process went while its file was open.
    if (code === 'ENOENT' || code === 'ENODEV' || code === 'ESRCH') return undefined;
    throw error;
  }
}
