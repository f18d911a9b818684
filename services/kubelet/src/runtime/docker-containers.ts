import type { Container, ContainerConfig, ContainerFilter, ContainerStatus, LinuxContainerResources, PodSandboxMetadata } from '@t8s/cri';
import { CriError } from '@t8s/cri';
import type Docker from 'dockerode';
import type { HostCapabilities } from './capabilities.ts';
import { docker, dockerUnless } from './docker-error.ts';
import type { DockerImages } from './docker-images.ts';
import { containerHostConfig } from './host-config.ts';
import { attemptOf, containerName, dockerLabels, labelNames, splitLabels } from './labels.ts';
import { containerStatus, isSandbox, listedState } from './status.ts';

export interface DockerContainersOptions {
  docker: Docker;
  images: DockerImages;
  host: HostCapabilities;
}

export class DockerContainers {
  readonly #docker: Docker;
  readonly #images: DockerImages;
  readonly #host: HostCapabilities;

  constructor({ docker: client, images, host }: DockerContainersOptions) {
    this.#docker = client;
    this.#images = images;
    this.#host = host;
  }

  async create(sandboxId: string, pod: PodSandboxMetadata, config: ContainerConfig): Promise<string> {
    const name = containerName(pod, config.metadata);
    const options = this.#createOptions({ name, sandboxId, config });
    try {
      return (await docker(this.#docker.createContainer(options))).id;
    } catch (error) {
      if (!(error instanceof CriError) || error.code !== 'AlreadyExists') throw error;
      // Left behind by a try that ended between create and start; a running one refuses to be removed.
      await dockerUnless(this.#docker.getContainer(name).remove({ force: false, v: true }), 404);
      return (await docker(this.#docker.createContainer(options))).id;
    }
  }

  #createOptions({ name, sandboxId, config }: { name: string; sandboxId: string; config: ContainerConfig }): Docker.ContainerCreateOptions {
    const security = config.linux?.securityContext;
    const user = security?.runAsUser ? String(security.runAsUser.value) : (security?.runAsUsername ?? '');
    return {
      name,
      Image: config.image.image,
      ...(config.command?.length && { Entrypoint: config.command }),
      ...(config.args?.length ? { Cmd: config.args } : config.command?.length ? { Cmd: [] } : {}),
      Env: (config.envs ?? []).map(({ key, value }) => `${key}=${value}`),
      ...(config.workingDir && { WorkingDir: config.workingDir }),
      ...(user !== '' && { User: security?.runAsGroup ? `${user}:${security.runAsGroup.value}` : user }),
      Labels: {
        ...dockerLabels('container', config.labels, config.annotations),
        [labelNames.sandboxId]: sandboxId,
        [labelNames.logPath]: config.logPath ?? '',
      },
      OpenStdin: config.stdin === true,
      StdinOnce: config.stdinOnce === true,
      Tty: config.tty === true,
      HostConfig: containerHostConfig(config, sandboxId, this.#host),
    };
  }

  start(id: string): Promise<void> {
    return dockerUnless(this.#docker.getContainer(id).start(), 304);
  }

  /** Docker sends the image's stop signal, then SIGKILL after `seconds`. */
  stop(id: string, seconds: number): Promise<void> {
    return dockerUnless(this.#docker.getContainer(id).stop({ t: seconds }), 304, 404);
  }

  remove(id: string): Promise<void> {
    return dockerUnless(this.#docker.getContainer(id).remove({ force: true, v: true }), 404, 409);
  }

  async update(id: string, resources: LinuxContainerResources): Promise<void> {
    await docker(
      this.#docker.getContainer(id).update({
        CpuShares: resources.cpuShares,
        CpuQuota: resources.cpuQuota,
        CpuPeriod: resources.cpuPeriod,
        Memory: resources.memoryLimitInBytes,
        MemorySwap: resources.memoryLimitInBytes,
      }),
    );
  }

  async status(id: string): Promise<ContainerStatus> {
    const info = await docker(this.#docker.getContainer(id).inspect());
    if (isSandbox(info)) throw new CriError('NotFound', `${id} is a pod sandbox`);
    return this.statusOf(info);
  }

  async statusOf(info: Docker.ContainerInspectInfo): Promise<ContainerStatus> {
    return containerStatus(info, await this.#images.reference(info.Image));
  }

  async list(filter: ContainerFilter = {}): Promise<Container[]> {
    const label = [
      `${labelNames.type}=container`,
      ...Object.entries(filter.labelSelector ?? {}).map(([k, v]) => `${k}=${v}`),
      ...(filter.podSandboxId ? [`${labelNames.sandboxId}=${filter.podSandboxId}`] : []),
    ];
    const listed = await docker(this.#docker.listContainers({ all: true, filters: { label, ...(filter.id && { id: [filter.id] }) } }));
    return listed.map(toContainer).filter((container) => !filter.state || container.state === filter.state.state);
  }
}

function toContainer(c: Docker.ContainerInfo): Container {
  return {
    id: c.Id,
    podSandboxId: c.Labels[labelNames.sandboxId] ?? '',
    metadata: { name: c.Labels[labelNames.containerName] ?? '', attempt: attemptOf(c.Names[0] ?? '') },
    image: { image: c.Image },
    imageRef: c.ImageID,
    imageId: c.ImageID,
    state: listedState(c.State),
    createdAt: c.Created * 1e9,
    ...splitLabels(c.Labels),
  };
}
