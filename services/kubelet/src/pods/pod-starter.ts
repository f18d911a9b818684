/** Makes a pod's sandbox and its containers, with the events that tell of it. */
import type { Container, Pod } from '@t8s/api';
import type { Clock } from '@t8s/async';
import type { Image, PodSandboxConfig, PodSandboxStatus, RuntimeService } from '@t8s/cri';
import type { ReferencedObjects } from '../env/environment.ts';
import { ImageError, type ImagePuller } from '../images/image-puller.ts';
import { restarts } from '../status/container-statuses.ts';
import type { PodVolumes, VolumePaths } from '../volumes/pod-volumes.ts';
import { latest } from './actions.ts';
import { type ContainerConfigOptions, containerConfig } from './container-config.ts';
import { podDns } from './dns-config.ts';
import { writeHostsFile } from './etc-hosts.ts';
import type { Hooks } from './hooks.ts';
import type { NodeFacts } from './node-facts.ts';
import type { PodDirs } from './pod-dirs.ts';
import type { PodEvents } from './pod-events.ts';
import { formatPod, formatSeconds } from './pod-format.ts';
import type { KeyedBackoff } from './restart-backoff.ts';
import type { RuntimeCache } from './runtime-cache.ts';
import { podNames, sandboxConfig } from './sandbox-config.ts';
import { StartError } from './start-error.ts';

export interface PodStarterOptions {
  runtime: RuntimeService;
  cache: RuntimeCache;
  images: ImagePuller;
  volumes: PodVolumes;
  objects: ReferencedObjects;
  hooks: Hooks;
  dirs: PodDirs;
  node: NodeFacts;
  events: PodEvents;
  backoff: KeyedBackoff;
  clock: Clock;
}

/** Milliseconds until what failed for another reason than its image or its crashes is tried again. */
const retry = 10_000;

export interface Sandbox {
  status: PodSandboxStatus;
  config: PodSandboxConfig;
}

export class PodStarter {
  readonly #options: PodStarterOptions;

  constructor(options: PodStarterOptions) {
    this.#options = options;
  }

  /** The running sandbox's settings, as they were given when it was made. */
  existing(pod: Pod, status: PodSandboxStatus): Sandbox {
    return { status, config: this.#config(pod, status.metadata.attempt) };
  }

  async sandbox(pod: Pod, attempt: number): Promise<Sandbox> {
    const { runtime, cache, events } = this.#options;
    const config = this.#config(pod, attempt);
    try {
      const { podSandboxId } = await runtime.runPodSandbox({ config });
      await cache.refresh(podSandboxId);
    } catch (error) {
      const message = `Failed to create pod sandbox: ${(error as Error).message}`;
      events({ pod, type: 'Warning', reason: 'FailedCreatePodSandBox', message });
      await cache.refreshPod(pod.metadata.uid ?? '');
      throw new StartError('CreatePodSandboxError', message, retry, { cause: error });
    }
    const status = cache.pod(pod.metadata.uid ?? '')?.sandboxes[0];
    if (!status) throw new StartError('CreatePodSandboxError', 'the pod sandbox has gone as soon as it was made', retry);
    return { status, config };
  }

  /** Prepares the volumes; a failure is told of as FailedMount. */
  async volumes(pod: Pod): Promise<VolumePaths> {
    try {
      return await this.#options.volumes.prepare(pod);
    } catch (error) {
      const { message } = error as Error;
      this.#options.events({ pod, type: 'Warning', reason: 'FailedMount', message });
      throw new StartError('ContainerCreating', message, retry, { cause: error });
    }
  }

  async hostsFile(pod: Pod, podIps: readonly string[]): Promise<void> {
    const { dirs, node } = this.#options;
    await writeHostsFile(pod, { file: dirs.etcHosts(pod.metadata.uid ?? ''), podIps, ...podNames(pod, node.dns.clusterDomain) });
  }

  /** Resolves with the image when it is there. Called early, beside the sandbox. */
  async image(pod: Pod, container: Container): Promise<Image> {
    try {
      return await this.#options.images.ensure(pod, container);
    } catch (error) {
      if (!(error instanceof ImageError)) throw error;
      this.#failed(pod, container, `Error: ${error.reason}`);
      const wait = error.reason === 'ErrImagePull' ? retry / 2 : (error.retryAfter ?? undefined);
      throw new StartError(error.reason, error.message, wait, { cause: error });
    }
  }

  /** Throws a StartError while the container has to wait after its crashes; else counts this restart. */
  backOff(pod: Pod, container: Container): void {
    const { cache, backoff, events } = this.#options;
    const status = latest(cache.pod(pod.metadata.uid ?? ''), container.name);
    if (status?.state !== 'CONTAINER_EXITED') return;
    const key = `${pod.metadata.uid}/${container.name}`;
    const since = status.finishedAt / 1e6;
    const wait = backoff.remaining(key, since);
    if (wait > 0) {
      const name = formatPod(pod);
      events({
        pod,
        container,
        type: 'Warning',
        reason: 'BackOff',
        message: `Back-off restarting failed container ${container.name} in pod ${name}`,
      });
      const delay = formatSeconds(backoff.delay(key));
      throw new StartError('CrashLoopBackOff', `back-off ${delay} restarting failed container=${container.name} pod=${name}`, wait);
    }
    backoff.next(key, since);
  }

  /** Creates and starts the next attempt of a container, its postStart hook included. */
  async container(
    pod: Pod,
    container: Container,
    { sandbox, image, volumes }: { sandbox: Sandbox; image: Image; volumes: VolumePaths },
  ): Promise<void> {
    const { runtime, events, cache } = this.#options;
    const podIp = sandbox.status.network?.ip ?? '';
    const previous = latest(cache.pod(pod.metadata.uid ?? ''), container.name);
    const config = await this.#configOf(pod, container, {
      image,
      volumes,
      attempt: previous ? previous.metadata.attempt + 1 : 0,
      restartCount: previous ? restarts(previous) + 1 : (lastKnownRestarts(pod, container.name) ?? 0),
    });
    const containerId = await this.#step(pod, container, 'CreateContainerError', async () => {
      const created = await runtime.createContainer({ podSandboxId: sandbox.status.id, config, sandboxConfig: sandbox.config });
      return created.containerId;
    });
    events({ pod, container, type: 'Normal', reason: 'Created', message: `Created container: ${container.name}` });
    await this.#step(pod, container, 'RunContainerError', async () => {
      try {
        await runtime.startContainer({ containerId });
      } finally {
        const { status } = await runtime.containerStatus({ containerId });
        cache.setContainer(sandbox.status.id, status);
      }
    });
    events({ pod, container, type: 'Normal', reason: 'Started', message: `Started container ${container.name}` });
    await this.#postStart(pod, container, containerId, podIp);
  }

  async #postStart(pod: Pod, container: Container, containerId: string, podIp: string): Promise<void> {
    const { hooks, events, runtime } = this.#options;
    const handler = container.lifecycle?.postStart;
    if (!handler) return;
    try {
      await hooks.run(handler, { pod, container, containerId, podIp }, 0);
    } catch (error) {
      events({ pod, container, type: 'Warning', reason: 'FailedPostStartHook', message: 'PostStartHook failed' });
      events({ pod, container, type: 'Normal', reason: 'Killing', message: 'FailedPostStartHook' });
      await runtime.stopContainer({ containerId, timeout: pod.spec.terminationGracePeriodSeconds ?? 30 });
      throw new StartError('PostStartHookError', (error as Error).message, undefined, { cause: error });
    }
  }

  async #configOf(
    pod: Pod,
    container: Container,
    own: Pick<ContainerConfigOptions, 'image' | 'volumes' | 'attempt' | 'restartCount'>,
  ): ReturnType<typeof containerConfig> {
    const { node, objects, dirs, cache } = this.#options;
    const runtime = cache.pod(pod.metadata.uid ?? '');
    const sandbox = runtime?.sandboxes[0];
    const target = pod.spec.ephemeralContainers?.find((c) => c.name === container.name)?.targetContainerName;
    const podIps = pod.spec.hostNetwork ? node.hostIps : [sandbox?.network?.ip ?? ''].filter((ip) => ip !== '');
    return this.#step(pod, container, 'CreateContainerConfigError', () =>
      containerConfig({
        ...own,
        pod,
        container,
        targetId: target && latest(runtime, target)?.id,
        addresses: { podIps, hostIps: node.hostIps },
        services: node.services(),
        objects,
        allocatable: node.allocatable(),
        dirs,
        nodeMemory: node.memory,
      }),
    );
  }

  async #step<T>(pod: Pod, container: Container, reason: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const text = (error as Error).message;
      const message = reason === 'RunContainerError' ? `failed to start container "${container.name}": ${text}` : text;
      this.#failed(pod, container, `Error: ${message}`);
      throw new StartError(reason, message, retry, { cause: error });
    }
  }

  #failed(pod: Pod, container: Container, message: string): void {
    this.#options.events({ pod, container, type: 'Warning', reason: 'Failed', message });
  }

  #config(pod: Pod, attempt: number): PodSandboxConfig {
    const { dns } = this.#options.node;
    return sandboxConfig(pod, attempt, podNames(pod, dns.clusterDomain).hostname, podDns(pod, dns));
  }
}

/** The API remembers restarts of containers that the runtime has forgotten. */
function lastKnownRestarts({ status }: Pod, name: string): number | undefined {
  const known = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])].find((s) => s.name === name);
  return known?.containerID ? known.restartCount + 1 : undefined;
}
