import type { Container, Pod } from '@t8s/api';
import type { Clock } from '@t8s/async';
import type { ContainerStatus, RuntimeService } from '@t8s/cri';
import type { Logger } from '@t8s/telemetry';
import type { KillAction } from './actions.ts';
import type { Hooks } from './hooks.ts';
import type { PodEvents } from './pod-events.ts';
import { allContainers, isSidecar } from './pod-format.ts';
import type { RuntimePod } from './runtime-cache.ts';

export interface PodKillerOptions {
  runtime: RuntimeService;
  hooks: Hooks;
  events: PodEvents;
  clock: Clock;
  log: Logger;
}

/** Upstream's least time between TERM and KILL, in seconds. */
const minimumGrace = 2;

/** Ends containers: preStop hook, TERM, and KILL when the grace period is over. */
export class PodKiller {
  readonly #options: PodKillerOptions;

  constructor(options: PodKillerOptions) {
    this.#options = options;
  }

  /** Ends every running container of the pod: sidecars after the others, in reverse order, within the same grace period (seconds). */
  async all(pod: Pod | undefined, runtime: RuntimePod, grace: number): Promise<void> {
    const deadline = this.#options.clock.now() + grace * 1000;
    const running = runtime.containers.filter((c) => c.state === 'CONTAINER_RUNNING');
    const sidecars = (pod?.spec.initContainers ?? []).filter(isSidecar).map((c) => c.name);
    const podIp = runtime.sandboxes[0]?.network?.ip ?? '';
    const end = (status: ContainerStatus, seconds: number): Promise<void> => this.one({ pod, podIp, action: { status }, grace: seconds });
    await Promise.all(running.filter((c) => !sidecars.includes(c.metadata.name)).map((status) => end(status, grace)));
    for (const name of sidecars.reverse()) {
      const status = running.find((c) => c.metadata.name === name);
      if (status) await end(status, Math.max(0, Math.ceil((deadline - this.#options.clock.now()) / 1000)));
    }
  }

  async one({ pod, podIp, action, grace }: { pod: Pod | undefined; podIp: string; action: KillAction; grace: number }): Promise<void> {
    const { runtime, events } = this.#options;
    const { status, message } = action;
    const name = status.metadata.name;
    const container = pod && allContainers(pod).find((c) => c.name === name);
    if (pod && container) {
      events({ pod, container, type: 'Normal', reason: 'Killing', message: message ?? `Stopping container ${name}` });
    }
    const spent = pod && container && grace > 0 ? await this.#preStop(pod, container, { containerId: status.id, podIp, grace }) : 0;
    await runtime.stopContainer({ containerId: status.id, timeout: Math.max(minimumGrace, grace - spent) });
  }

  /** Resolves with the seconds it took. A hook that fails is told of and changes nothing. */
  async #preStop(
    pod: Pod,
    container: Container,
    { containerId, podIp, grace }: { containerId: string; podIp: string; grace: number },
  ): Promise<number> {
    const { hooks, events, clock, log } = this.#options;
    const handler = container.lifecycle?.preStop;
    if (!handler) return 0;
    const began = clock.now();
    const late = new Promise<'late'>((resolve) => clock.after(grace * 1000, () => resolve('late')));
    try {
      const how = await Promise.race([hooks.run(handler, { pod, container, containerId, podIp }, grace), late]);
      if (how === 'late')
        log.warn({ pod: pod.metadata.name, container: container.name }, 'preStop hook did not end within the grace period');
    } catch (error) {
      log.warn({ pod: pod.metadata.name, container: container.name, err: error }, 'preStop hook failed');
      events({ pod, container, type: 'Warning', reason: 'FailedPreStopHook', message: 'PreStopHook failed' });
    }
    return Math.ceil((clock.now() - began) / 1000);
  }
}
