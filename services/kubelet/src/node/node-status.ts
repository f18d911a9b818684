import { readFileSync } from 'node:fs';
import type { ContainerImage, NodeStatus } from '@t8s/api';
import type { ImageService, RuntimeService } from '@t8s/cri';
import { formatTime, Quantity } from '@t8s/meta';
import { availableMemory, type Machine, nodeInfo, readDisk } from './machine.ts';
import { nodeConditions } from './node-conditions.ts';
import type { RuntimeHealth } from './runtime-health.ts';

export interface NodeStatusSource {
  nodeName: string;
  nodeIps: readonly string[];
  machine: Machine;
  maxPods: number;
  rootDir: string;
  /** Of the kubelet's server. */
  port: number;
  runtime: RuntimeService;
  health: RuntimeHealth;
  images: ImageService;
}

/** Upstream's reserve: what is evicted at is not given to pods. */
const reservedMemory = 100 * 1024 * 1024;
const usableDisk = 0.9;
const maxImages = 50;

export function nodeResources(
  { machine, maxPods }: Pick<NodeStatusSource, 'machine' | 'maxPods'>,
  diskTotal: number,
): Pick<NodeStatus, 'capacity' | 'allocatable'> {
  const kib = (bytes: number): string => Quantity.of(Math.floor(bytes / 1024) * 1024, 'binary').toString();
  const common = { cpu: String(machine.cpus), pods: String(maxPods) };
  return {
    capacity: { ...common, memory: kib(machine.memory), 'ephemeral-storage': kib(diskTotal) },
    allocatable: {
      ...common,
      memory: kib(machine.memory - reservedMemory),
      'ephemeral-storage': String(Math.floor(diskTotal * usableDisk)),
    },
  };
}

/** The node's whole status as it is now. */
export async function readNodeStatus(source: NodeStatusSource, old: NodeStatus | undefined, now: number): Promise<NodeStatus> {
  const { runtime, health, nodeIps, nodeName, rootDir, port } = source;
  const [problems, disk, images, version] = await Promise.all([
    health.problems(),
    readDisk(rootDir),
    listImages(source.images),
    // Its health says why there is no answer.
    runtime.version({}).catch(() => undefined),
  ]);
  const { capacity, allocatable } = nodeResources(source, disk.total);
  // Others may advertise resources of this node; all of them is for pods.
  const advertised = Object.fromEntries(Object.entries(old?.capacity ?? {}).filter(([name]) => name.includes('/')));
  return {
    capacity: { ...advertised, ...capacity },
    allocatable: { ...advertised, ...allocatable },
    addresses: [...nodeIps.map((address) => ({ type: 'InternalIP', address })), { type: 'Hostname', address: nodeName }],
    conditions: nodeConditions(
      { problems, availableMemory: availableMemory(), disk, pids: readPids() },
      old?.conditions ?? [],
      formatTime(now),
    ),
    daemonEndpoints: { kubeletEndpoint: { Port: port } },
    nodeInfo: version ? nodeInfo(version.runtimeName, version.runtimeVersion) : (old?.nodeInfo ?? nodeInfo('docker', 'Unknown')),
    images: images ?? old?.images ?? [],
  };
}

/** The largest first; undefined while the runtime does not answer. */
async function listImages(service: ImageService): Promise<ContainerImage[] | undefined> {
  try {
    const { images } = await service.listImages({});
    return images
      .filter((image) => image.repoTags.length + image.repoDigests.length > 0)
      .sort((a, b) => b.size - a.size)
      .slice(0, maxImages)
      .map((image) => ({ names: [...image.repoDigests, ...image.repoTags], sizeBytes: image.size }));
  } catch {
    // The node's Ready condition says why.
    return undefined;
  }
}

function readPids(): { max: number; used: number } {
  const threads = /\d+\/(\d+)/.exec(readFileSync('/proc/loadavg', 'utf8'))?.[1];
  return { max: Number(readFileSync('/proc/sys/kernel/pid_max', 'utf8')), used: Number(threads ?? 0) };
}
