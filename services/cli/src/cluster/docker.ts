/** Docker of a node: the machine's own where it runs, else a daemon that we keep. */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Docker from 'dockerode';
import type { ProcessSpec } from '../supervisor/process-spec.ts';
import type { Host } from './cluster.ts';
import { poll } from './poll.ts';
import { CommandError, run, succeeds } from './run-command.ts';
import { SetupError } from './setup-error.ts';

export const dockerProcess = ({ name }: Host): string => `${name}.dockerd`;

/**
 * The daemon of a host: its files lie with the node's, and it leaves networks and rules alone. Containers outlive it, so that it can
 * be killed and started again.
 */
export function dockerSpec(host: Host): ProcessSpec {
  const runtime = host.dockerRuntimeDir;
  const pidFile = join(runtime, 'docker.pid');
  for (const dir of [join(host.dir, 'docker'), runtime]) mkdirSync(dir, { recursive: true, mode: 0o711 });
  return {
    name: dockerProcess(host),
    command: 'dockerd',
    args: [
      ...['--data-root', join(host.dir, 'docker')],
      ...['--exec-root', join(runtime, 'docker')],
      ...['-H', `unix://${host.dockerSocket}`],
      ...['-p', pidFile],
      ...['--bridge=none', '--iptables=false', '--ip6tables=false', '--live-restore'],
      ...['--cgroup-parent', host.cgroup],
      ...['--log-level', 'warn'],
    ],
    ...(host.netns !== undefined && { netns: host.netns }),
    // It takes a containerd that the kernel has not buried yet for a living one, waits for it, and gives up.
    staleFiles: [pidFile, join(runtime, 'docker/containerd/containerd.pid')],
    stopTimeout: 20_000,
  };
}

/** Whether a daemon answers at the socket. */
export async function dockerAnswers(socketPath: string): Promise<boolean> {
  try {
    await new Docker({ socketPath, timeout: 5000 }).ping();
    return true;
  } catch (error) {
    const { code, statusCode } = error as NodeJS.ErrnoException & { statusCode?: number };
    if (code !== undefined || statusCode !== undefined) return false;
    throw error;
  }
}

export async function waitForDocker(host: Host, options: { log: string; signal: AbortSignal }): Promise<void> {
  await poll({ what: `Docker of ${host.name}`, timeout: 60_000, remedy: `see ${options.log}`, signal: options.signal }, async () =>
    (await dockerAnswers(host.dockerSocket)) ? undefined : `nothing answers at ${host.dockerSocket}`,
  );
}

/**
 * Asks systemd, where it rules, to start the machine's Docker. Resolves with whether it did; `false` where there is no systemd, or
 * no such unit. Throws SetupError with systemd's reason where it can't.
 */
export async function startMachineDocker(): Promise<boolean> {
  if (!existsSync('/run/systemd/system') || !(await succeeds('systemctl', ['cat', 'docker.service']))) return false;
  try {
    await run('systemctl', ['start', 'docker.service']);
    return true;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new SetupError(
      { what: 'Docker', why: error.message, remedy: '`journalctl -u docker` says more; then run this again' },
      { cause: error },
    );
  }
}

export async function stopMachineDocker(): Promise<void> {
  await run('systemctl', ['stop', 'docker.service', 'docker.socket']);
}

/** Removes the containers of pods, running or not. Nothing happens where no daemon answers. Resolves with their number. */
export async function removePodContainers(socketPath: string): Promise<number> {
  if (!(await dockerAnswers(socketPath))) return 0;
  const docker = new Docker({ socketPath });
  const found = await docker.listContainers({ all: true, filters: { label: ['io.kubernetes.pod.uid'] } });
  await Promise.all(
    found.map(async ({ Id }) => {
      try {
        await docker.getContainer(Id).remove({ force: true, v: true });
      } catch (error) {
        // Gone already, or being removed by an earlier request.
        if (![404, 409].includes((error as { statusCode?: number }).statusCode ?? 0)) throw error;
      }
    }),
  );
  return found.length;
}
