/** A Docker daemon for tests: the one that runs, else one of our own; and images made without a registry. */
import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, openSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { eventually } from '@t8s/testkit';

export const dockerSocket = '/var/run/docker.sock';

export interface DockerHost {
  stop(): Promise<void>;
}

export async function startDocker(): Promise<DockerHost> {
  if (isUp()) return { stop: async () => undefined };
  const log = join(tmpdir(), 't8s-test-dockerd.log');
  const daemon = spawn('dockerd', ['--data-root', '/var/lib/docker-t8s-test'], {
    stdio: ['ignore', openSync(log, 'a'), openSync(log, 'a')],
  });
  await eventually(() => {
    if (daemon.exitCode !== null) throw new Error(`dockerd ended with code ${daemon.exitCode}; see ${log}`);
    if (!isUp()) throw new Error(`dockerd does not answer; see ${log}`);
  }, 30_000);
  return {
    stop: async () => {
      const ended = new Promise((resolve) => daemon.once('exit', resolve));
      daemon.kill('SIGTERM');
      await ended;
    },
  };
}

/** t8s.local/busybox:1 and t8s.local/pause:1, from Debian's busybox and the libraries it needs. */
export function buildImages(): void {
  const present = docker('images', '--format', '{{.Repository}}:{{.Tag}}').split('\n');
  if (['t8s.local/busybox:1', 't8s.local/pause:1'].every((name) => present.includes(name))) return;
  const dir = mkdtempSync(join(tmpdir(), 't8s-image-'));
  try {
    const root = join(dir, 'root');
    mkdirSync(root);
    execFileSync('apt-get', ['-o', 'APT::Sandbox::User=root', '-qq', 'download', 'busybox'], { cwd: dir, stdio: 'pipe' });
    const deb = readdirSync(dir).find((name) => name.endsWith('.deb')) ?? '';
    execFileSync('dpkg', ['-x', join(dir, deb), root]);
    const shell = [join(root, 'bin/busybox'), join(root, 'usr/bin/busybox')].find(existsSync) ?? '';
    const libraries = execFileSync('ldd', [shell]).toString().match(/\/\S+/g) ?? [];
    for (const library of libraries.filter((path) => existsSync(path))) {
      mkdirSync(join(root, dirname(library)), { recursive: true });
      cpSync(library, join(root, library), { dereference: true });
    }
    for (const sub of ['bin', 'sbin', 'usr/bin', 'usr/sbin', 'tmp', 'etc', 'proc', 'sys', 'dev'])
      mkdirSync(join(root, sub), { recursive: true });
    if (!existsSync(join(root, 'bin/busybox'))) copyFileSync(shell, join(root, 'bin/busybox'));
    writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
    execFileSync('chroot', [root, '/bin/busybox', '--install', '-s']);
    for (const [name, command] of [
      ['t8s.local/busybox:1', '["sh"]'],
      ['t8s.local/pause:1', '["sleep","infinity"]'],
    ] as const)
      execFileSync('sh', ['-c', `tar -C '${root}' -c . | docker import -c 'CMD ${command}' - ${name}`], { stdio: 'pipe' });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

export function docker(...args: string[]): string {
  return execFileSync('docker', args).toString().trim();
}

function isUp(): boolean {
  try {
    execFileSync('docker', ['version'], { stdio: 'pipe' });
    return true;
  } catch (error) {
    if ((error as { status?: number }).status === 1) return false;
    throw error;
  }
}
