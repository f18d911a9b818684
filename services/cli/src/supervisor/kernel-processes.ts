/** Processes as the kernel knows them: found by the marks in their environment, told apart by pid and start time. */
import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessIdentity {
  pid: number;
  /** Clock ticks since boot: a later process with the same pid has another. */
  startTime: string;
}

export interface MarkedProcess extends ProcessIdentity {
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

/** All processes whose environment holds each of these entries. */
export function findMarked(marks: Readonly<Record<string, string>>): MarkedProcess[] {
  const wanted = Object.entries(marks).map(([key, value]) => `${key}=${value}`);
  return readdirSync('/proc').flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return [];
    const environment = readProc(`/proc/${entry}/environ`)?.split('\0');
    if (!environment || !wanted.every((mark) => environment.includes(mark))) return [];
    const identity = identify(Number(entry));
    if (!identity) return [];
    const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readProc(`/proc/${entry}/status`) ?? '')?.[1];
    return [{ ...identity, commandLine: readProc(`/proc/${entry}/cmdline`) ?? '', memory: Number(kilobytes ?? 0) * 1024 }];
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
