/** A Docker daemon of the test's own. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@t8s/testkit';

export interface DockerHost {
  socket: string;
  /** Ends the daemon and its containers; `start` brings it back with what it had on disk. */
  stop(): Promise<void>;
  start(): Promise<void>;
  remove(): Promise<void>;
}

/** Starts dockerd in this process's network namespace; nothing of it is shared with another Docker of the machine. */
export async function startDocker(): Promise<DockerHost> {
  const dir = mkdtempSync(join(tmpdir(), 't8s-docker-'));
  const socket = join(dir, 'docker.sock');
  process.env['DOCKER_HOST'] = `unix://${socket}`;
  let daemon = await launch(dir, socket);
  const stop = async (): Promise<void> => {
    const ended = new Promise((resolve) => daemon.once('exit', resolve));
    daemon.kill('SIGTERM');
    await ended;
  };
  return {
    socket,
    stop,
    start: async () => {
      daemon = await launch(dir, socket);
    },
    remove: async () => {
      await stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function launch(dir: string, socket: string): Promise<ChildProcess> {
  const own = ['--data-root', join(dir, 'data'), '--exec-root', join(dir, 'exec'), '-p', join(dir, 'pid'), '-H', `unix://${socket}`];
  const log = join(dir, 'log');
  const daemon = spawn(
    'dockerd',
    [...own, '--bridge=none', '--iptables=false', '--cgroup-parent', '/t8s-test', '--shutdown-timeout', '2'],
    {
      stdio: ['ignore', openSync(log, 'a'), openSync(log, 'a')],
    },
  );
  await eventually(() => {
    if (daemon.exitCode !== null) throw new Error(`dockerd ended: ${readFileSync(log, 'utf8').slice(-2000)}`);
    docker('version');
  }, 30_000);
  return daemon;
}

/** t8s.local/busybox:1 and t8s.local/pause:1, from the root file system that `makeRootFs` has made. */
export function importImages(rootFs: string): void {
  for (const [name, command] of [
    ['t8s.local/busybox:1', '["sh"]'],
    ['t8s.local/pause:1', '["sleep","infinity"]'],
  ] as const)
    docker('import', '-c', `CMD ${command}`, rootFs, name);
}

export function docker(...args: string[]): string {
  return execFileSync('docker', args, { stdio: 'pipe' }).toString().trim();
}
