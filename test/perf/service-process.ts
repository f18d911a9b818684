/** One of our processes as it is shipped (bin/<name>.js), with what it uses of the machine. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

export interface ProcessUse {
  pid: number;
  /** Seconds of CPU, user and system, used so far. */
  cpu(): number;
  /** Resident memory in MB. */
  memory(): number;
}

export interface ServiceProcess extends ProcessUse {
  stop(): Promise<void>;
}

export interface ServiceOptions {
  name: string;
  flags: Readonly<Record<string, string | number | boolean>>;
  /** A directory for the CPU profile that it writes when it ends. */
  profiles?: string | undefined;
}

export function startService({ name, flags, profiles }: ServiceOptions): ServiceProcess {
  const nodeFlags =
    profiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiles}`, `--cpu-prof-name=${name}.${Date.now()}.cpuprofile`];
  const args = [...nodeFlags, `bin/${name}.js`, ...Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`)];
  // In the environment that `up` gives them.
  const env = { ...process.env, MALLOC_ARENA_MAX: '2' };
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'], env });
  return {
    ...useOf(child.pid ?? 0),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exit = once(child, 'exit');
      child.kill('SIGTERM');
      const patience = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await exit;
      clearTimeout(patience);
    },
  };
}

/** From /proc: CPU time in clock ticks of 10 ms, memory in KiB. */
export function useOf(pid: number): ProcessUse {
  const read = (file: string): string => readFileSync(`/proc/${pid}/${file}`, 'utf8');
  return {
    pid,
    cpu() {
      const fields = read('stat').split(') ')[1]?.split(' ') ?? [];
      return (Number(fields[11]) + Number(fields[12])) / 100;
    },
    memory: () => Number(/VmRSS:\s+(\d+)/.exec(read('status'))?.[1] ?? 0) / 1024,
  };
}
