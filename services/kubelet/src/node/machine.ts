/** What the machine is: read once, or cheaply each time. */
import { readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { cpus, networkInterfaces, release } from 'node:os';
import type { NodeSystemInfo } from '@t8s/api';
import { kubernetesVersion } from '@t8s/component';

const architectures: Record<string, string> = {
  x64: 'amd64',
  arm64: 'arm64',
  arm: 'arm',
  ppc64: 'ppc64le',
  s390x: 's390x',
  riscv64: 'riscv64',
};

export const architecture = architectures[process.arch] ?? process.arch;

export interface Machine {
  cpus: number;
  /** Bytes. */
  memory: number;
}

export function readMachine(): Machine {
  return { cpus: cpus().length, memory: meminfo('MemTotal') };
}

/** Bytes that could be given to processes without swapping. */
export function availableMemory(): number {
  return meminfo('MemAvailable');
}

export interface MachineUsage {
  /** Seconds of all cores since the machine started. */
  cpuSeconds: number;
  /** Bytes in use, without the file pages that go first under pressure. */
  workingSet: number;
}

/** https://man7.org/linux/man-pages/man5/proc_stat.5.html: hundredths of a second, of which idle and iowait are none. */
export function machineUsage(): MachineUsage {
  const times = /^cpu +(.*)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1]?.split(' ').map(Number) ?? [];
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = times;
  return {
    cpuSeconds: (user + nice + system + irq + softirq + steal) / 100,
    workingSet: meminfo('MemTotal') - meminfo('MemFree') - meminfo('Inactive\\(file\\)'),
  };
}

function meminfo(name: string): number {
  const kib = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync('/proc/meminfo', 'utf8'))?.[1];
  return Number(kib ?? 0) * 1024;
}

export interface Disk {
  /** Bytes. */
  total: number;
  available: number;
}

export async function readDisk(dir: string): Promise<Disk> {
  const { blocks, bavail, bsize } = await statfs(dir);
  return { total: blocks * bsize, available: bavail * bsize };
}

export function nodeInfo(runtimeName: string, runtimeVersion: string): NodeSystemInfo {
  return {
    machineID: text('/etc/machine-id'),
    systemUUID: text('/sys/class/dmi/id/product_uuid') || text('/etc/machine-id'),
    bootID: text('/proc/sys/kernel/random/boot_id'),
    kernelVersion: release(),
    osImage: /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(text('/etc/os-release'))?.[1] ?? 'Linux',
    containerRuntimeVersion: `${runtimeName}://${runtimeVersion}`,
    kubeletVersion: kubernetesVersion,
    kubeProxyVersion: '',
    operatingSystem: 'linux',
    architecture,
  };
}

/** Empty where the file isn't there or may not be read (virtual machines, containers). */
function text(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'EACCES') return '';
    throw error;
  }
}

/** The address of the interface that has the default route; else any that is not loopback. */
export function defaultAddress(): string | undefined {
  const route = text('/proc/net/route')
    .split('\n')
    .map((line) => line.split('\t'))
    .find(([, destination]) => destination === '00000000')?.[0];
  const all = networkInterfaces();
  const candidates = [...(route ? (all[route] ?? []) : []), ...Object.values(all).flatMap((list) => list ?? [])];
  return candidates.find((address) => address.family === 'IPv4' && !address.internal)?.address;
}
