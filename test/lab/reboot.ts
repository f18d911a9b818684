/** What a reboot leaves of a cluster: its files. Nothing runs, no network, no rule, no mount; /run is empty. */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { eventually } from '@t8s/testkit';
import type { ClusterUnderTest } from './cluster-under-test.ts';
import { attempt, run } from './command.ts';
import { kill } from './kill.ts';

const runtimeDir = '/run/t8s';

/** `rules` is what iptables-save printed before the cluster was there. */
export async function reboot(cluster: ClusterUnderTest, rules: string): Promise<void> {
  cluster.killAll();
  for (const pid of containerPids()) kill(pid);
  await eventually(() => {
    if (cluster.processes().length + containerPids().length > 0) throw new Error('processes outlive SIGKILL');
  }, 10_000);
  const mounts = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .flatMap((line) => line.split(' ')[1] ?? []);
  for (const mount of mounts.reverse().filter((path) => path.startsWith(cluster.dataDir) || path.startsWith(runtimeDir)))
    await run('umount', ['--lazy', mount]);
  rmSync(runtimeDir, { recursive: true, force: true });
  for (const namespace of readdirSync('/run/netns')) if (namespace.startsWith('t8s-')) await run('ip', ['netns', 'delete', namespace]);
  for (const link of ['t8s0', 'cni0']) await attempt('ip', ['link', 'delete', link]);
  for (const table of ['filter', 'nat', 'mangle'])
    for (const empty of ['-F', '-X']) if (!rules.includes(`*${table}`)) await run('iptables', ['-t', table, empty]);
  await run('iptables-restore', [], { input: rules });
}

/** Processes in the cgroups of the cluster's nodes. */
function containerPids(): number[] {
  const roots = ['/sys/fs/cgroup', ...(existsSync('/sys/fs/cgroup/pids') ? ['/sys/fs/cgroup/pids'] : [])];
  return roots
    .flatMap((root) => readdirSync(root).map((name) => `${root}/${name}`))
    .filter((path) => /\/t8s-node-\d+$/.test(path))
    .flatMap((path) => readdirSync(path, { recursive: true, encoding: 'utf8' }).map((file) => `${path}/${file}`))
    .filter((file) => file.endsWith('/cgroup.procs'))
    .flatMap((file) => readFileSync(file, 'utf8').split('\n').filter(Boolean).map(Number));
}
