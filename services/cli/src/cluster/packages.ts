/** Debian packages that a cluster needs, installed where the programs they hold are missing. */
import { accessSync, chmodSync, constants, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError, run, succeeds } from './run-command.ts';
import { SetupError } from './setup-error.ts';

/** A program, by name or in one of these places, and the package that has it. */
const needed: readonly { programs: readonly string[]; package: string }[] = [
  { programs: ['dockerd'], package: 'docker.io' },
  { programs: ['etcd'], package: 'etcd-server' },
  { programs: ['etcdctl'], package: 'etcd-client' },
  { programs: ['iptables'], package: 'iptables' },
  { programs: ['conntrack'], package: 'conntrack' },
  { programs: ['/opt/cni/bin/bridge', '/usr/lib/cni/bridge'], package: 'containernetworking-plugins' },
  { programs: ['busybox'], package: 'busybox' },
  { programs: ['ip'], package: 'iproute2' },
  { programs: ['nsenter'], package: 'util-linux' },
  { programs: ['modprobe'], package: 'kmod' },
];

/** Where a program is on the PATH, or undefined. */
export function findProgram(name: string, path = process.env.PATH ?? ''): string | undefined {
  const places = name.startsWith('/') ? [name] : path.split(':').map((dir) => join(dir, name));
  return places.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch (error) {
      if (['ENOENT', 'ENOTDIR', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
      throw error;
    }
  });
}

export const missingPackages = (find = findProgram): string[] =>
  needed.filter(({ programs }) => !programs.some((program) => find(program) !== undefined)).map((entry) => entry.package);

/** Installs what is missing. Returns what it installed. Throws SetupError naming what can't be had. */
export async function installPackages(note: (text: string) => void): Promise<string[]> {
  const missing = missingPackages();
  if (missing.length === 0) return [];
  const list = missing.join(' ');
  if (findProgram('apt-get') === undefined)
    throw new SetupError({
      what: `missing ${list}`,
      why: 'this machine has no apt-get',
      remedy: 'install what your distribution calls these packages, then run this again',
    });
  note(`apt-get install ${list}`);
  const install = ['install', '-y', '--no-install-recommends', ...missing];
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await withoutServiceStart(async () => {
    if (!(await succeeds('apt-get', ['--simulate', ...install], { env }))) {
      note('apt-get update');
      await apt(['update'], env, list);
    }
    await apt(install, env, list);
  });
  const still = missingPackages();
  if (still.length > 0)
    throw new SetupError({ what: `missing ${still.join(' ')}`, why: 'apt-get installed them, but their programs are not on the PATH' });
  // Nobody asked for an etcd of the machine's own: at the next boot it would take the port.
  if (missing.includes('etcd-server') && existsSync('/run/systemd/system')) await succeeds('systemctl', ['disable', 'etcd']);
  return missing;
}

async function apt(args: readonly string[], env: Record<string, string>, list: string): Promise<void> {
  try {
    await run('apt-get', ['-q', ...args], { env });
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    const reason = error.stderr.split('\n').find((line) => line.startsWith('E: ')) ?? error.message;
    throw new SetupError(
      {
        what: `cannot install ${list}`,
        why: reason.replace(/^E: /, ''),
        remedy: `\`apt-get update && apt-get install ${list}\` shows all of it`,
      },
      { cause: error },
    );
  }
}

const policyFile = '/usr/sbin/policy-rc.d';

/** Packages start their services when they are installed, on ports that ours need: Debian's policy-rc.d says no to that. */
async function withoutServiceStart(work: () => Promise<void>): Promise<void> {
  if (existsSync(policyFile)) return work();
  writeFileSync(policyFile, '#!/bin/sh\nexit 101\n');
  chmodSync(policyFile, 0o755);
  try {
    await work();
  } finally {
    rmSync(policyFile, { force: true });
  }
}
