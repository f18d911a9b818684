import { chmod, mkdir, realpath, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import type { Container, Pod, VolumeMount } from '@t8s/api';
import type { ContainerConfig, Image, LinuxContainerSecurityContext, Mount, MountPropagation, SecurityProfile } from '@t8s/cri';
import { type ContainerCommand, containerCommand, type EnvironmentOptions } from '../env/environment.ts';
import { expand } from '../env/expand.ts';
import type { VolumePaths } from '../volumes/pod-volumes.ts';
import { annotationNames, containerHash } from './actions.ts';
import { containerResources } from './container-resources.ts';
import type { PodDirs } from './pod-dirs.ts';
import { namespaceOptions, podLabels } from './sandbox-config.ts';

export interface ContainerConfigOptions extends EnvironmentOptions {
  attempt: number;
  restartCount: number;
  image: Image;
  volumes: VolumePaths;
  dirs: PodDirs;
  /** The container whose processes it sees. */
  targetId?: string | undefined;
  /** Bytes. */
  nodeMemory: number;
}

/** Everything the runtime is told of a container. Throws with the words of CreateContainerConfigError. */
export async function containerConfig(options: ContainerConfigOptions): Promise<ContainerConfig> {
  const { pod, container, attempt, restartCount, image, nodeMemory } = options;
  checkNonRoot(pod, container, image);
  const command = await containerCommand(options);
  return {
    metadata: { name: container.name, attempt },
    image: { image: container.image ?? '' },
    command: command.command,
    args: command.args,
    ...(container.workingDir && { workingDir: container.workingDir }),
    envs: command.env,
    mounts: await mounts(options, command),
    labels: { ...podLabels(pod), 'io.kubernetes.container.name': container.name },
    annotations: {
      [annotationNames.hash]: containerHash(container),
      [annotationNames.restartCount]: String(restartCount),
      [annotationNames.resources]: JSON.stringify(container.resources ?? {}),
      [annotationNames.terminationMessagePath]: terminationPath(container),
      [annotationNames.terminationMessagePolicy]: container.terminationMessagePolicy ?? 'File',
      [annotationNames.gracePeriod]: String(pod.spec.terminationGracePeriodSeconds ?? 30),
    },
    logPath: `${container.name}/${attempt}.log`,
    stdin: container.stdin === true,
    stdinOnce: container.stdinOnce === true,
    tty: container.tty === true,
    linux: { resources: containerResources(pod, container, nodeMemory), securityContext: securityContext(options) },
  };
}

function checkNonRoot(pod: Pod, container: Container, image: Image): void {
  const own = container.securityContext ?? {};
  const shared = pod.spec.securityContext ?? {};
  if (!(own.runAsNonRoot ?? shared.runAsNonRoot)) return;
  const user = own.runAsUser ?? shared.runAsUser;
  const where = `(pod: "${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})", container: ${container.name})`;
  if (user === 0) throw new Error(`container's runAsUser breaks non-root policy ${where}`);
  if (user !== undefined) return;
  if (image.username)
    throw new Error(
      `container has runAsNonRoot and image has non-numeric user (${image.username}), cannot verify user is non-root ${where}`,
    );
  if (!image.uid || image.uid.value === 0) throw new Error(`container has runAsNonRoot and image will run as root ${where}`);
}

function securityContext({ pod, container, targetId }: ContainerConfigOptions): LinuxContainerSecurityContext {
  const own = container.securityContext ?? {};
  const shared = pod.spec.securityContext ?? {};
  const user = own.runAsUser ?? shared.runAsUser;
  const group = own.runAsGroup ?? shared.runAsGroup;
  const groups = [...(shared.supplementalGroups ?? []), ...(shared.fsGroup === undefined ? [] : [shared.fsGroup])];
  return {
    capabilities: { addCapabilities: own.capabilities?.add ?? [], dropCapabilities: own.capabilities?.drop ?? [] },
    privileged: own.privileged === true,
    namespaceOptions: { ...namespaceOptions(pod), ...(targetId && { pid: 'TARGET', targetId }) },
    ...(user !== undefined && { runAsUser: { value: user } }),
    ...(group !== undefined && { runAsGroup: { value: group } }),
    readonlyRootfs: own.readOnlyRootFilesystem === true,
    supplementalGroups: groups,
    noNewPrivs: own.allowPrivilegeEscalation === false,
    seccomp: securityProfile(own.seccompProfile ?? shared.seccompProfile),
    ...((own.appArmorProfile ?? shared.appArmorProfile) && { apparmor: securityProfile(own.appArmorProfile ?? shared.appArmorProfile) }),
  };
}

function securityProfile(profile: { type: string; localhostProfile?: string } | undefined): SecurityProfile {
  if (profile?.type === 'RuntimeDefault') return { profileType: 'RuntimeDefault' };
  if (profile?.type === 'Localhost') return { profileType: 'Localhost', localhostRef: profile.localhostProfile ?? '' };
  return { profileType: 'Unconfined' };
}

function terminationPath(container: Container): string {
  return container.terminationMessagePath ?? '/dev/termination-log';
}

async function mounts({ pod, container, attempt, volumes, dirs }: ContainerConfigOptions, { env }: ContainerCommand): Promise<Mount[]> {
  const uid = pod.metadata.uid ?? '';
  const lookup = (name: string): string | undefined => env.find((e) => e.key === name)?.value;
  const wanted = await Promise.all((container.volumeMounts ?? []).map((mount) => volumeMount(mount, volumes, lookup)));
  const message = dirs.terminationMessage(uid, container.name, attempt);
  await mkdir(dirname(message), { recursive: true });
  await writeFile(message, '');
  // Whoever the container runs as, it may write there.
  await chmod(message, 0o666);
  const taken = new Set(wanted.map((m) => m.containerPath));
  const own: Mount[] = [
    { containerPath: '/etc/hosts', hostPath: dirs.etcHosts(uid), readonly: container.securityContext?.readOnlyRootFilesystem === true },
    { containerPath: terminationPath(container), hostPath: message },
  ];
  return [...wanted, ...own.filter((m) => !taken.has(m.containerPath))];
}

const propagations: Record<string, MountPropagation> = {
  HostToContainer: 'PROPAGATION_HOST_TO_CONTAINER',
  Bidirectional: 'PROPAGATION_BIDIRECTIONAL',
};

async function volumeMount(mount: VolumeMount, volumes: VolumePaths, lookup: (name: string) => string | undefined): Promise<Mount> {
  const volume = volumes.get(mount.name);
  if (volume === undefined) throw new Error(`cannot find volume "${mount.name}" to mount into the container`);
  const subPath = mount.subPathExpr === undefined ? (mount.subPath ?? '') : expand(mount.subPathExpr, lookup);
  return {
    containerPath: mount.mountPath.startsWith('/') ? mount.mountPath : `/${mount.mountPath}`,
    hostPath: subPath === '' ? volume.path : await insideOf(volume.path, subPath),
    readonly: mount.readOnly === true || volume.readOnly === true,
    propagation: propagations[mount.mountPropagation ?? ''] ?? 'PROPAGATION_PRIVATE',
  };
}

/** A subPath may lead through symbolic links, but not out of its volume; a missing one becomes a directory. */
async function insideOf(volume: string, subPath: string): Promise<string> {
  const root = await realpath(volume);
  if (isAbsolute(subPath)) throw new Error(`error SubPath \`${subPath}\` must not be an absolute path`);
  if (subPath.split('/').includes('..')) throw new Error(`unable to provision SubPath \`${subPath}\`: must not contain '..'`);
  const path = join(root, subPath);
  const target = await realpathOrUndefined(path);
  if (target === undefined) {
    const parent = await nearestExisting(dirname(path));
    if (!isInside(root, parent)) throw new Error(`subPath "${subPath}" leads out of its volume`);
    await mkdir(path, { recursive: true, mode: 0o750 });
    return realpath(path);
  }
  if (!isInside(root, target)) throw new Error(`subPath "${subPath}" leads out of its volume`);
  return target;
}

async function nearestExisting(path: string): Promise<string> {
  return (await realpathOrUndefined(path)) ?? nearestExisting(dirname(path));
}

async function realpathOrUndefined(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function isInside(root: string, path: string): boolean {
  return path === root || path.startsWith(join(root, '/'));
}
