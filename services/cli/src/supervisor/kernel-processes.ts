/** Processes as the kernel knows them: found by the marks in their environment, told apart by pid and start time. */
import { readdirSync, readFileSync } from 'node:fs';
import { clusterMark, processMark } from './process-spec.ts';

export interface ProcessIdentity {
  pid: number;
  /** Clock ticks since boot: a later process with the same pid has another. */
  startTime: string;
}

export interface MarkedProcess extends ProcessIdentity {
  /** Values of the marks in its environment. */
  cluster: string;
  process: string;
  /** argv joined by NUL, as /proc has it. */
  commandLine: string;
  /** Resident memory in bytes. */
  memory: number;
}

/** Undefined where no such process runs (a zombie doesn't). */
export function identify(pid: number): ProcessIdentity | undefined {
  const stat = readProc(`/proc/${pid}/stat`);
  // The name in parentheses may hold spaces and parentheses of its own.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state] = fields ?? [];
  const startTime = fields?.[19];
  if (startTime === undefined || state === 'Z' || state === 'X') return undefined;
  return { pid, startTime };
}

export const isRunning = ({ pid, startTime }: ProcessIdentity): boolean => identify(pid)?.startTime === startTime;

/** Signals the process if it still is the one meant; false where it is gone. */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (!isRunning(identity)) return false;
  try {
    return process.kill(identity.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/** All processes that carry the marks of a cluster, their children included. */
export function markedProcesses(): MarkedProcess[] {
  return readdirSync('/proc').flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return [];
    const environment = readProc(`/proc/${entry}/environ`)?.split('\0') ?? [];
    const [cluster, process] = [clusterMark, processMark].map((mark) =>
      environment.find((line) => line.startsWith(`${mark}=`))?.slice(mark.length + 1),
    );
    const identity = cluster === undefined ? undefined : identify(Number(entry));
    if (cluster === undefined || !identity) return [];
    const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readProc(`/proc/${entry}/status`) ?? '')?.[1];
    const commandLine = readProc(`/proc/${entry}/cmdline`) ?? '';
    return [{ ...identity, cluster, process: process ?? '', commandLine, memory: Number(kilobytes ?? 0) * 1024 }];
  });
}

/** Files of /proc vanish with their process, and some can't be read while it ends. */
function readProc(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}
