/** The CRI over Docker: sandboxes, containers, images and streams put together. */
import { type ContainerStatus, CriError, type ImageService, isCriError, type RuntimeCondition, type RuntimeService } from '@t8s/cri';
import Docker from 'dockerode';
import { type HostCapabilities, readHostCapabilities } from './capabilities.ts';
import type { ContainerStreams } from './container-streams.ts';
import { DockerContainers } from './docker-containers.ts';
import { docker } from './docker-error.ts';
import { DockerEvents } from './docker-events.ts';
import { DockerImages } from './docker-images.ts';
import { DockerSandboxes } from './docker-sandboxes.ts';
import { DockerStats } from './docker-stats.ts';
import { DockerStreams } from './docker-streams.ts';
import type { SandboxNetwork } from './sandbox-network.ts';

export interface DockerRuntimeOptions {
  /** Path of Docker's unix socket. */
  socketPath: string;
  network: SandboxNetwork;
  pauseImage?: string;
  host?: HostCapabilities;
}

export interface DockerRuntime {
  runtime: RuntimeService;
  images: ImageService;
  streams: ContainerStreams;
}

export function createDockerRuntime({
  socketPath,
  network,
  pauseImage = 't8s.local/pause:1',
  host = readHostCapabilities(),
}: DockerRuntimeOptions): DockerRuntime {
  const client = new Docker({ socketPath });
  const images = new DockerImages(client);
  const sandboxes = new DockerSandboxes({ docker: client, network, host, pauseImage });
  const containers = new DockerContainers({ docker: client, images, host });
  const events = new DockerEvents({ docker: client, sandboxes, containers });
  const streams = new DockerStreams(client);
  const stats = new DockerStats(client, containers);

  /** Sandboxes go with everything in them. */
  const removeContainersOf = async (podSandboxId: string, act: (id: string) => Promise<void>): Promise<void> => {
    await Promise.all((await containers.list({ podSandboxId })).map(({ id }) => act(id)));
  };

  const runtime: RuntimeService = {
    version: async () => {
      const { Version: version, ApiVersion: apiVersion } = await docker(client.version());
      return { version: '0.1.0', runtimeName: 'docker', runtimeVersion: version, runtimeApiVersion: `${apiVersion}.0` };
    },
    runPodSandbox: async ({ config, runtimeHandler }) => {
      if (runtimeHandler) throw new CriError('InvalidArgument', `no runtime for "${runtimeHandler}" is configured`);
      return { podSandboxId: await sandboxes.run(config) };
    },
    stopPodSandbox: async ({ podSandboxId }) => {
      await removeContainersOf(podSandboxId, (id) => containers.stop(id, 0));
      await sandboxes.stop(podSandboxId);
      return {};
    },
    removePodSandbox: async ({ podSandboxId }) => {
      await removeContainersOf(podSandboxId, (id) => containers.remove(id));
      await sandboxes.remove(podSandboxId);
      return {};
    },
    podSandboxStatus: async ({ podSandboxId }) => {
      const [status, listed] = await Promise.all([sandboxes.status(podSandboxId), containers.list({ podSandboxId })]);
      const statuses = await Promise.all(listed.map(({ id }) => statusUnlessGone(containers, id)));
      return { status, info: {}, containersStatuses: statuses.filter((s) => s !== undefined), timestamp: Date.now() * 1e6 };
    },
    listPodSandbox: async ({ filter }) => ({ items: await sandboxes.list(filter ?? {}) }),
    createContainer: async ({ podSandboxId, config, sandboxConfig }) => {
      const pod = sandboxConfig?.metadata ?? (await sandboxes.status(podSandboxId)).metadata;
      return { containerId: await containers.create(podSandboxId, pod, config) };
    },
    startContainer: async ({ containerId }) => {
      await containers.start(containerId);
      return {};
    },
    stopContainer: async ({ containerId, timeout }) => {
      await containers.stop(containerId, timeout);
      return {};
    },
    removeContainer: async ({ containerId }) => {
      await containers.remove(containerId);
      return {};
    },
    listContainers: async ({ filter }) => ({ containers: await containers.list(filter ?? {}) }),
    containerStatus: async ({ containerId }) => ({ status: await containers.status(containerId), info: {} }),
    listContainerStats: async ({ filter }) => ({ stats: await stats.list(filter ?? {}) }),
    updateContainerResources: async ({ containerId, linux }) => {
      await containers.update(containerId, linux ?? {});
      return {};
    },
    execSync: ({ containerId, cmd, timeout }) => streams.execSync(containerId, cmd, timeout),
    exec: noUrl,
    attach: noUrl,
    portForward: noUrl,
    updateRuntimeConfig: async ({ runtimeConfig }) => {
      const cidr = runtimeConfig?.networkConfig?.podCidr;
      if (cidr) network.setPodCidr(cidr);
      return {};
    },
    // Docker is the runtime: where it doesn't answer there is no status, as there is none of a CRI server that is down.
    status: async () => {
      await docker(client.ping());
      return {
        status: { conditions: [{ type: 'RuntimeReady', status: true, reason: '', message: '' }, networkCondition(network)] },
        info: {},
      };
    },
    getContainerEvents: (_, options) => events.stream(options?.signal),
  };
  return { runtime, images, streams };
}

async function statusUnlessGone(containers: DockerContainers, id: string): Promise<ContainerStatus | undefined> {
  try {
    return await containers.status(id);
  } catch (error) {
    if (isCriError(error, 'NotFound')) return undefined;
    throw error;
  }
}

/** The kubelet streams in process; there is no streaming server whose URL could be given. */
async function noUrl(): Promise<never> {
  throw new CriError('Unimplemented', 'streaming is served by the kubelet (kubectl exec, attach, port-forward), not on this socket');
}

function networkCondition(network: SandboxNetwork): RuntimeCondition {
  const type = 'NetworkReady';
  try {
    network.ready();
    return { type, status: true, reason: '', message: '' };
  } catch (error) {
    return { type, status: false, reason: 'NetworkPluginNotReady', message: (error as Error).message };
  }
}
