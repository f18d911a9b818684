/**
 * Ends a cluster, from whatever state it is in: whole, half-started, or with any of its processes killed. Asks the kernel what is
 * there instead of trusting files; removes what is ours and nothing else.
 */
import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { MarkedProcess } from '../supervisor/kernel-processes.ts';
import { removeCgroups } from './cgroups.ts';
import type { ClusterSettings } from './cluster.ts';
import { describeHost, type Host, runtimeDir } from './cluster.ts';
import { dockerAnswers, dockerProcess, removePodContainers, stopMachineDocker } from './docker.ts';
import { removeBridge, removeHost } from './host-network.ts';
import { removeImages } from './images/images.ts';
import { unmountBeneath } from './mounts.ts';
import { removePodNetwork, removeServiceRules } from './pod-network.ts';
import type { Installation } from './processes.ts';
import type { Progress } from './progress.ts';
import { endProcesses, nameOf, runningProcesses } from './running.ts';

export interface TeardownOptions {
  dataDir: string;
  settings: ClusterSettings | undefined;
  installation: Installation;
  progress: Progress;
  /** Removes the data and images too. */
  purge: boolean;
}

export async function tearDown({ dataDir, settings, installation, progress, purge }: TeardownOptions): Promise<void> {
  const hosts = hostsOf(dataDir, settings?.nodes ?? 0);
  const find = (matches: (name: string) => boolean): MarkedProcess[] => runningProcesses(dataDir).filter((found) => matches(nameOf(found)));
  await progress.step('Processes', async () => {
    // First the supervisor: it would start the others again.
    await endProcesses(
      find((name) => name === 'supervisor'),
      0,
    );
    rmSync(join(dataDir, 'run'), { recursive: true, force: true });
    await endProcesses(
      find((name) => !isFoundation(name)),
      10_000,
    );
  });
  await progress.step('Containers', async (note) => {
    for (const host of hosts) {
      note(host.name);
      await removePodContainers(host.dockerSocket);
    }
    const [first] = hosts;
    if (purge && first && (await dockerAnswers(first.dockerSocket))) await removeImages(first.dockerSocket);
  });
  await progress.step('Docker, apiserver, etcd', async () => {
    const ownDocker = hosts.filter((host) => find((name) => name === dockerProcess(host)).length > 0);
    await endProcesses(
      find((name) => name.endsWith('.dockerd')).filter(({ commandLine }) => commandLine.startsWith('dockerd')),
      20_000,
    );
    await endProcesses(
      find((name) => name === 'etcd'),
      10_000,
    );
    await endProcesses(runningProcesses(dataDir), 2000);
    for (const host of hosts) await removeCgroups(host.cgroup);
    for (const host of ownDocker) rmSync(host.dockerSocket, { force: true });
    if (settings?.startedDocker) await stopMachineDocker();
  });
  await progress.step('Networks, rules, mounts', async () => {
    await removeServiceRules(installation);
    await removePodNetwork();
    for (const host of hosts) await removeHost(host);
    await removeBridge();
    await unmountBeneath(join(dataDir, 'nodes'));
    for (const entry of entriesOf(runtimeDir).filter((name) => name !== 'lock')) {
      await unmountBeneath(join(runtimeDir, entry));
      rmSync(join(runtimeDir, entry), { recursive: true });
    }
  });
  if (purge) await progress.step('Data', async () => removeData(dataDir));
}

/** What the others stand on, and end before. */
const isFoundation = (name: string): boolean => name === 'etcd' || name.endsWith('.dockerd');

/** Hosts of the settings, and those that the kernel or the directory still knows of. */
function hostsOf(dataDir: string, nodes: number): Host[] {
  const indices = [...entriesOf('/run/netns'), ...entriesOf(join(dataDir, 'nodes'))].flatMap((name) => {
    const [, index] = /^(?:t8s-)?node-(\d+)$/.exec(name) ?? [];
    return index === undefined ? [] : [Number(index)];
  });
  const all = new Set([...Array.from({ length: nodes }, (_, index) => index), ...indices]);
  return [...all].sort((a, b) => a - b).map((index) => describeHost(dataDir, index));
}

const entriesOf = (dir: string): string[] => (existsSync(dir) ? readdirSync(dir) : []);

/** Only what we made: the directory may hold other things. */
function removeData(dataDir: string): void {
  const ours = [
    'etcd',
    'images',
    'logs',
    'nodes',
    'pki',
    'run',
    'volumes',
    'admin.conf',
    'super-admin.conf',
    'controller-manager.conf',
    'scheduler.conf',
    'cluster.json',
  ];
  for (const name of ours) rmSync(join(dataDir, name), { recursive: true, force: true });
  if (existsSync(dataDir) && readdirSync(dataDir).length === 0) rmdirSync(dataDir);
}
