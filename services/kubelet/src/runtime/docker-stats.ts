import { type Container, type ContainerStats, type ContainerStatsFilter, isCriError } from '@t8s/cri';
import type Docker from 'dockerode';
import { type Cgroup, cgroupOf, readUsage } from './cgroup.ts';
import type { DockerContainers } from './docker-containers.ts';
import { docker } from './docker-error.ts';

/** What running containers use, from the kernel: Docker is asked once for each where its processes are counted. */
export class DockerStats {
  readonly #docker: Docker;
  readonly #containers: DockerContainers;
  #cgroups = new Map<string, Cgroup>();

  constructor(client: Docker, containers: DockerContainers) {
    this.#docker = client;
    this.#containers = containers;
  }

  async list(filter: ContainerStatsFilter): Promise<ContainerStats[]> {
    const running = await this.#containers.list({ ...filter, state: { state: 'CONTAINER_RUNNING' } });
    const read = await Promise.all(running.map((container) => this.#read(container)));
    if (Object.keys(filter).length === 0) {
      const present = new Set(running.map(({ id }) => id));
      this.#cgroups = new Map([...this.#cgroups].filter(([id]) => present.has(id)));
    }
    return read.filter((stats) => stats !== undefined);
  }

  async #read({ id, metadata, labels }: Container): Promise<ContainerStats | undefined> {
    const cgroup = this.#cgroups.get(id) ?? (await this.#find(id));
    const usage = cgroup && (await readUsage(cgroup));
    if (!cgroup || !usage) {
      this.#cgroups.delete(id);
      return undefined;
    }
    this.#cgroups.set(id, cgroup);
    const timestamp = Date.now() * 1e6;
    return {
      attributes: { id, metadata, labels },
      cpu: { timestamp, usageCoreNanoSeconds: { value: usage.cpu } },
      memory: { timestamp, workingSetBytes: { value: usage.workingSet } },
    };
  }

  async #find(id: string): Promise<Cgroup | undefined> {
    try {
      const { State: state } = await docker(this.#docker.getContainer(id).inspect());
      return state.Pid > 0 ? await cgroupOf(state.Pid) : undefined;
    } catch (error) {
      if (isCriError(error, 'NotFound')) return undefined;
      throw error;
    }
  }
}
