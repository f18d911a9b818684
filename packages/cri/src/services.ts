/**
 * The two services of the Container Runtime Interface, as the kubelet calls them in process or over a socket.
 * Every failure is a CriError. Stop and remove calls are idempotent: what is gone already is success.
 */
import type {
  Container,
  ContainerConfig,
  ContainerEvent,
  ContainerFilter,
  ContainerStatus,
  ImageSpec,
  LinuxContainerResources,
} from './container-messages.ts';
import type { ContainerStats, ContainerStatsFilter } from './container-stats.ts';
import type { AuthConfig, FilesystemUsage, Image } from './image-messages.ts';
import type { PodSandbox, PodSandboxConfig, PodSandboxFilter, PodSandboxStatusResponse, Strings } from './sandbox-messages.ts';

export interface CallOptions {
  signal?: AbortSignal;
}

export interface RuntimeCondition {
  type: string;
  status: boolean;
  reason: string;
  message: string;
}

export interface ExecRequest {
  containerId: string;
  cmd: string[];
  tty: boolean;
  stdin: boolean;
  stdout: boolean;
  stderr: boolean;
}

export type AttachRequest = Omit<ExecRequest, 'cmd'>;
type Empty = Record<string, never>;
type Call<Q, A> = (request: Q, options?: CallOptions) => Promise<A>;

export interface RuntimeService {
  version: Call<{ version?: string }, { version: string; runtimeName: string; runtimeVersion: string; runtimeApiVersion: string }>;
  /** Creates and starts a sandbox with its network; nothing is left behind when it fails. */
  runPodSandbox: Call<{ config: PodSandboxConfig; runtimeHandler?: string }, { podSandboxId: string }>;
  /** Ends every container in the sandbox and gives its network back. */
  stopPodSandbox: Call<{ podSandboxId: string }, Empty>;
  removePodSandbox: Call<{ podSandboxId: string }, Empty>;
  podSandboxStatus: Call<{ podSandboxId: string; verbose?: boolean }, PodSandboxStatusResponse>;
  listPodSandbox: Call<{ filter?: PodSandboxFilter | null }, { items: PodSandbox[] }>;
  createContainer: Call<
    { podSandboxId: string; config: ContainerConfig; sandboxConfig?: PodSandboxConfig | null },
    { containerId: string }
  >;
  startContainer: Call<{ containerId: string }, Empty>;
  /** `timeout` in seconds: then the container is killed. Resolves when it has ended. */
  stopContainer: Call<{ containerId: string; timeout: number }, Empty>;
  removeContainer: Call<{ containerId: string }, Empty>;
  listContainers: Call<{ filter?: ContainerFilter | null }, { containers: Container[] }>;
  containerStatus: Call<{ containerId: string; verbose?: boolean }, { status: ContainerStatus; info: Strings }>;
  /** What running containers have used so far; without a filter, of all. */
  listContainerStats: Call<{ filter?: ContainerStatsFilter | null }, { stats: ContainerStats[] }>;
  updateContainerResources: Call<{ containerId: string; linux?: LinuxContainerResources | null }, Empty>;
  /** `timeout` in seconds, 0 for none; DeadlineExceeded when it passes. */
  execSync: Call<{ containerId: string; cmd: string[]; timeout: number }, { stdout: Buffer; stderr: Buffer; exitCode: number }>;
  /** Answers with the URL of a streaming server. */
  exec: Call<ExecRequest, { url: string }>;
  attach: Call<AttachRequest, { url: string }>;
  portForward: Call<{ podSandboxId: string; port: number[] }, { url: string }>;
  updateRuntimeConfig: Call<{ runtimeConfig?: { networkConfig?: { podCidr: string } | null } | null }, Empty>;
  status: Call<{ verbose?: boolean }, { status: { conditions: RuntimeCondition[] }; info: Strings }>;
  /** Every change of a container from now on; ends with a CriError when the runtime goes away. */
  getContainerEvents(request: Empty, options?: CallOptions): AsyncIterable<ContainerEvent>;
}

export interface ImageService {
  listImages: Call<{ filter?: { image?: ImageSpec | null } | null }, { images: Image[] }>;
  /** `image` is null where the image is not present. */
  imageStatus: Call<{ image: ImageSpec; verbose?: boolean }, { image: Image | null; info: Strings }>;
  pullImage: Call<{ image: ImageSpec; auth?: AuthConfig | null; sandboxConfig?: PodSandboxConfig | null }, { imageRef: string }>;
  removeImage: Call<{ image: ImageSpec }, Empty>;
  imageFsInfo: Call<Empty, { imageFilesystems: FilesystemUsage[]; containerFilesystems: FilesystemUsage[] }>;
}

export const runtimeMethods = [
  'version',
  'runPodSandbox',
  'stopPodSandbox',
  'removePodSandbox',
  'podSandboxStatus',
  'listPodSandbox',
  'createContainer',
  'startContainer',
  'stopContainer',
  'removeContainer',
  'listContainers',
  'containerStatus',
  'listContainerStats',
  'updateContainerResources',
  'execSync',
  'exec',
  'attach',
  'portForward',
  'updateRuntimeConfig',
  'status',
] as const satisfies readonly (keyof RuntimeService)[];

export const imageMethods = [
  'listImages',
  'imageStatus',
  'pullImage',
  'removeImage',
  'imageFsInfo',
] as const satisfies readonly (keyof ImageService)[];
