/** What must hold before anything is changed. */
import { mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { identify } from '../supervisor/kernel-processes.ts';
import { runtimeDir } from './cluster.ts';
import { SetupError } from './setup-error.ts';

export function requireRoot(command: string): void {
  if (process.getuid?.() !== 0)
    throw new SetupError({
      what: `t8s ${command}`,
      why: 'needs root for containers and networks',
      remedy: `run \`sudo ./t8s ${command}\``,
    });
}

/**
 * Holds the machine's lock while `work` runs. Throws SetupError where another `up` or `down` holds it; the lock of a dead process
 * is taken over.
 */
export async function withLock<T>(command: string, work: () => Promise<T>): Promise<T> {
  const file = join(runtimeDir, 'lock');
  for (;;) {
    mkdirSync(runtimeDir, { recursive: true, mode: 0o755 });
    try {
      writeFileSync(file, JSON.stringify({ command, ...identify(process.pid) }), { flag: 'wx' });
      break;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // The directory goes with its last user: another one may just have ended.
      if (code === 'ENOENT') continue;
      if (code !== 'EEXIST') throw error;
    }
    const holder = readHolder(file);
    if (holder && identify(holder.pid)?.startTime === holder.startTime)
      throw new SetupError({
        what: `t8s ${command}`,
        why: `\`t8s ${holder.command}\` (pid ${holder.pid}) is at work on this machine`,
        remedy: 'wait until it has ended',
      });
    rmSync(file, { force: true });
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
    if (readdirSync(runtimeDir).length === 0) rmdirSync(runtimeDir);
  }
}

interface Holder {
  command: string;
  pid: number;
  startTime: string;
}

/** Undefined where the file is gone again, or was left half-written. */
function readHolder(file: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Holder;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Whether nobody listens on the port. */
export function isPortFree(port: number, address = '0.0.0.0'): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(false) : reject(error)));
    server.listen(port, address, () => server.close(() => resolve(true)));
  });
}

/** A free port on loopback: the one asked for, or one that the kernel picks. */
export async function freeLoopbackPort(wanted: number): Promise<number> {
  if (await isPortFree(wanted, '127.0.0.1')) return wanted;
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** Ports that processes of this machine listen on, with what for. */
const ports: readonly [number, string, string][] = [
  [6443, 'kube-apiserver', '0.0.0.0'],
  [10250, 'kubelet', '0.0.0.0'],
  [10248, 'kubelet health', '127.0.0.1'],
  [10249, 'kube-proxy health', '127.0.0.1'],
  [10257, 'kube-controller-manager health', '127.0.0.1'],
  [10259, 'kube-scheduler health', '127.0.0.1'],
];

/** Throws SetupError naming the first port that another program has. Only asked while nothing of ours runs. */
export async function requirePorts(): Promise<void> {
  for (const [port, user, address] of ports)
    if (!(await isPortFree(port, address)))
      throw new SetupError({
        what: `port ${port} (${user})`,
        why: 'another program listens on it',
        remedy: `\`ss -ltnp 'sport = :${port}'\` names it: stop it, then run this again`,
      });
}
