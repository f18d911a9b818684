/** Pod sandboxes: a pause container that holds the pod's network and IPC namespaces. */
import { writeFile } from 'node:fs/promises';
import type { DnsConfig, PodSandbox, PodSandboxConfig, PodSandboxFilter, PodSandboxStatus } from '@t8s/cri';
import { CriError } from '@t8s/cri';
import type Docker from 'dockerode';
import type { HostCapabilities } from './capabilities.ts';
import { docker, dockerUnless } from './docker-error.ts';
import { logConfig } from './host-config.ts';
import { dockerLabels, labelNames, podMetadata, sandboxName, splitLabels } from './labels.ts';
import type { SandboxNetwork } from './sandbox-network.ts';
import { isSandbox, networkStatus, sandboxStatus } from './status.ts';

export interface DockerSandboxesOptions {
  docker: Docker;
  network: SandboxNetwork;
  host: HostCapabilities;
  pauseImage: string;
}

/** Sandboxes die last. */
const sandboxOomScore = -998;

export class DockerSandboxes {
  readonly #docker: Docker;
  readonly #network: SandboxNetwork;
  readonly #host: HostCapabilities;
  readonly #pauseImage: string;

  constructor({ docker: client, network, host, pauseImage }: DockerSandboxesOptions) {
    this.#docker = client;
    this.#network = network;
    this.#host = host;
    this.#pauseImage = pauseImage;
  }

  async run(config: PodSandboxConfig): Promise<string> {
    const container = await this.#create(config);
    try {
      await docker(container.start());
      const info = await docker(container.inspect());
      await Promise.all([
        config.dnsConfig && info.ResolvConfPath ? writeFile(info.ResolvConfPath, resolvConf(config.dnsConfig)) : undefined,
        isHostNetwork(config)
          ? undefined
          : this.#network.setUp({
              sandboxId: container.id,
              netns: `/proc/${info.State.Pid}/ns/net`,
              pod: config.metadata,
              portMappings: (config.portMappings ?? []).filter((m) => m.hostPort > 0),
            }),
      ]);
    } catch (error) {
      await this.remove(container.id);
      throw error;
    }
    return container.id;
  }

  /** A sandbox of the same name that does not run is what a failed try left behind. */
  async #create(config: PodSandboxConfig): Promise<Docker.Container> {
    const options = this.#createOptions(config);
    try {
      return await docker(this.#docker.createContainer(options));
    } catch (error) {
      if (!(error instanceof CriError) || error.code !== 'AlreadyExists') throw error;
      await dockerUnless(this.#docker.getContainer(options.name ?? '').remove({ force: false, v: true }), 404);
      return docker(this.#docker.createContainer(options));
    }
  }

  #createOptions(config: PodSandboxConfig): Docker.ContainerCreateOptions {
    const security = config.linux?.securityContext;
    const namespaces = security?.namespaceOptions;
    const hostNetwork = isHostNetwork(config);
    const user = security?.runAsUser ? `${security.runAsUser.value}${security.runAsGroup ? `:${security.runAsGroup.value}` : ''}` : '';
    return {
      name: sandboxName(config.metadata),
      Image: this.#pauseImage,
      Labels: dockerLabels('podsandbox', config.labels, config.annotations),
      ...(user !== '' && { User: user }),
      ...(!hostNetwork && config.hostname && { Hostname: config.hostname }),
      HostConfig: {
        NetworkMode: hostNetwork ? 'host' : 'none',
        IpcMode: namespaces?.ipc === 'NODE' ? 'host' : 'shareable',
        ...(namespaces?.pid === 'NODE' && { PidMode: 'host' }),
        ...(hostNetwork && { UTSMode: 'host' }),
        ...(config.linux?.cgroupParent && { CgroupParent: config.linux.cgroupParent }),
        ...(config.linux?.sysctls && { Sysctls: config.linux.sysctls }),
        OomScoreAdj: Math.max(sandboxOomScore, this.#host.minOomScoreAdj),
        CpuShares: 2,
        SecurityOpt: ['no-new-privileges'],
        LogConfig: logConfig,
      },
    };
  }

  /** Gives the network back, then kills the pause process: it holds nothing that could be lost. */
  async stop(id: string): Promise<void> {
    const info = await this.#inspect(id);
    if (!info) return;
    if (info.HostConfig.NetworkMode !== 'host')
      await this.#network.tearDown({
        sandboxId: id,
        netns: info.State.Running ? `/proc/${info.State.Pid}/ns/net` : '',
        pod: podMetadata(info.Config.Labels, info.Name),
      });
    if (info.State.Running) await dockerUnless(this.#docker.getContainer(id).kill({ signal: 'SIGKILL' }), 404, 409);
  }

  async remove(id: string): Promise<void> {
    await this.stop(id);
    await dockerUnless(this.#docker.getContainer(id).remove({ force: true, v: true }), 404, 409);
  }

  async status(id: string): Promise<PodSandboxStatus> {
    const info = await docker(this.#docker.getContainer(id).inspect());
    if (!isSandbox(info)) throw new CriError('NotFound', `${id} is not a pod sandbox`);
    return this.statusOf(info);
  }

  statusOf(info: Docker.ContainerInspectInfo): PodSandboxStatus {
    return sandboxStatus(info, this.#network.addresses(info.Id));
  }

  /** The sandbox starts before its network is set up: its addresses come later than its status. */
  withAddresses(status: PodSandboxStatus): PodSandboxStatus {
    return { ...status, network: networkStatus(this.#network.addresses(status.id)) };
  }

  async list(filter: PodSandboxFilter = {}): Promise<PodSandbox[]> {
    const label = [`${labelNames.type}=podsandbox`, ...Object.entries(filter.labelSelector ?? {}).map(([k, v]) => `${k}=${v}`)];
    const listed = await docker(this.#docker.listContainers({ all: true, filters: { label, ...(filter.id && { id: [filter.id] }) } }));
    return listed
      .map(
        (c): PodSandbox => ({
          id: c.Id,
          metadata: podMetadata(c.Labels, c.Names[0] ?? ''),
          state: c.State === 'running' ? 'SANDBOX_READY' : 'SANDBOX_NOTREADY',
          createdAt: c.Created * 1e9,
          ...splitLabels(c.Labels),
        }),
      )
      .filter((sandbox) => !filter.state || sandbox.state === filter.state.state);
  }

  async #inspect(id: string): Promise<Docker.ContainerInspectInfo | undefined> {
    try {
      return await docker(this.#docker.getContainer(id).inspect());
    } catch (error) {
      if (error instanceof CriError && error.code === 'NotFound') return undefined;
      throw error;
    }
  }
}

function isHostNetwork(config: PodSandboxConfig): boolean {
  return config.linux?.securityContext?.namespaceOptions?.network === 'NODE';
}

function resolvConf({ servers, searches, options }: DnsConfig): string {
  return [
    ...(searches.length > 0 ? [`search ${searches.join(' ')}`] : []),
    ...servers.map((server) => `nameserver ${server}`),
    ...(options.length > 0 ? [`options ${options.join(' ')}`] : []),
    '',
  ].join('\n');
}
