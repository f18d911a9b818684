/** CRI's container settings as Docker's HostConfig. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ContainerConfig, LinuxContainerResources, LinuxContainerSecurityContext, Mount, SecurityProfile } from '@t8s/cri';
import type { HostConfig, MountSettings } from 'dockerode';
import type { HostCapabilities } from './capabilities.ts';

/** API fields that @types/dockerode leaves out. */
type FullHostConfig = HostConfig & { MaskedPaths?: string[] | null; ReadonlyPaths?: string[] | null };

export function containerHostConfig(config: ContainerConfig, sandboxId: string, host: HostCapabilities): HostConfig {
  const security = config.linux?.securityContext ?? {};
  const privileged = security.privileged === true;
  return {
    ...namespaces(security, sandboxId),
    ...resources(config.linux?.resources ?? {}, host),
    ...(privileged ? privilege(host) : confinement(security)),
    Mounts: (config.mounts ?? []).map(mountSettings),
    ReadonlyRootfs: security.readonlyRootfs === true,
    GroupAdd: (security.supplementalGroups ?? []).map(String),
    LogConfig: logConfig,
  };
}

/** Docker rotates the log: upstream's containerLogMaxSize and containerLogMaxFiles. */
export const logConfig = { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '5' } };

function namespaces({ namespaceOptions: options }: LinuxContainerSecurityContext, sandboxId: string): HostConfig {
  const sandbox = `container:${sandboxId}`;
  const pid = { POD: sandbox, CONTAINER: '', NODE: 'host', TARGET: `container:${options?.targetId ?? ''}` }[options?.pid ?? 'CONTAINER'];
  return {
    NetworkMode: options?.network === 'NODE' ? 'host' : sandbox,
    IpcMode: options?.ipc === 'NODE' ? 'host' : sandbox,
    ...(pid !== '' && { PidMode: pid }),
    ...(options?.network === 'NODE' && { UTSMode: 'host' }),
  };
}

function resources(wanted: LinuxContainerResources, host: HostCapabilities): HostConfig {
  const memory = wanted.memoryLimitInBytes || 0;
  return {
    ...(wanted.cpuShares && { CpuShares: wanted.cpuShares }),
    ...(wanted.cpuQuota && { CpuQuota: wanted.cpuQuota, CpuPeriod: wanted.cpuPeriod || 100_000 }),
    ...(wanted.cpusetCpus && { CpusetCpus: wanted.cpusetCpus }),
    ...(memory > 0 && { Memory: memory, MemorySwap: memory }),
    OomScoreAdj: Math.max(wanted.oomScoreAdj ?? 0, host.minOomScoreAdj),
  };
}

function confinement(security: LinuxContainerSecurityContext): FullHostConfig {
  return {
    CapAdd: security.capabilities?.addCapabilities ?? [],
    CapDrop: security.capabilities?.dropCapabilities ?? [],
    SecurityOpt: [
      ...profile('seccomp', security.seccomp ?? { profileType: 'Unconfined' }),
      ...profile('apparmor', security.apparmor),
      ...(security.noNewPrivs ? ['no-new-privileges'] : []),
    ],
    ...(security.maskedPaths?.length && { MaskedPaths: security.maskedPaths }),
    ...(security.readonlyPaths?.length && { ReadonlyPaths: security.readonlyPaths }),
  };
}

function profile(kind: string, wanted: SecurityProfile | null | undefined): string[] {
  if (!wanted || wanted.profileType === 'RuntimeDefault') return [];
  return [`${kind}=${wanted.profileType === 'Unconfined' ? 'unconfined' : (wanted.localhostRef ?? '')}`];
}

/** Docker's --privileged asks for every capability; where the machine has fewer, the same is granted piece by piece. */
export function privilege(host: HostCapabilities): FullHostConfig {
  if (host.full) return { Privileged: true };
  return {
    CapAdd: host.bounding.filter((name) => !newerThanDocker20.has(name)),
    SecurityOpt: ['seccomp=unconfined', 'apparmor=unconfined', 'label=disable'],
    MaskedPaths: [],
    ReadonlyPaths: [],
    Devices: hostDevices('/dev').map((path) => ({ PathOnHost: path, PathInContainer: path, CgroupPermissions: 'rwm' })),
    DeviceCgroupRules: ['a *:* rwm'],
  };
}

/** Docker 20.10 (Debian 12) refuses the names of capabilities younger than itself. */
const newerThanDocker20 = new Set(['PERFMON', 'BPF', 'CHECKPOINT_RESTORE']);

const containersOwn = new Set(['/dev/pts', '/dev/shm', '/dev/mqueue', '/dev/console', '/dev/ptmx', '/dev/fd']);

function hostDevices(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const path = join(dir, entry.name);
    if (containersOwn.has(path)) return [];
    if (entry.isDirectory()) return hostDevices(path);
    return entry.isCharacterDevice() || entry.isBlockDevice() ? [path] : [];
  });
}

/** Without one Docker takes rprivate, or what it needs where the source holds its own files. */
const propagations = {
  PROPAGATION_PRIVATE: undefined,
  PROPAGATION_HOST_TO_CONTAINER: 'rslave',
  PROPAGATION_BIDIRECTIONAL: 'rshared',
} as const;

function mountSettings({ containerPath, hostPath, readonly, propagation }: Mount): MountSettings {
  const Propagation = propagations[propagation ?? 'PROPAGATION_PRIVATE'];
  return {
    Type: 'bind',
    Source: hostPath,
    Target: containerPath,
    ReadOnly: readonly === true,
    ...(Propagation && { BindOptions: { Propagation } }),
  };
}
