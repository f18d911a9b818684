import type { Pod, PodStatus } from '@t8s/api';
import type { Clock } from '@t8s/async';
import type { Prober } from '../probes/prober.ts';
import type { Waiting } from '../status/container-statuses.ts';
import { isEnded, podStatus } from '../status/pod-status.ts';
import type { StatusWriter } from '../status/status-writer.ts';
import type { TerminationMessages } from '../status/termination-message.ts';
import type { NodeFacts } from './node-facts.ts';
import { isSidecar } from './pod-format.ts';
import type { RuntimeCache } from './runtime-cache.ts';

export interface PodReporterOptions {
  cache: RuntimeCache;
  prober: Prober;
  writer: StatusWriter;
  messages: TerminationMessages;
  node: NodeFacts;
  clock: Clock;
}

/** What a worker knows beside the runtime. */
export interface WorkerView {
  waiting: ReadonlyMap<string, Waiting>;
  /** Containers whose postStart hook has not ended. */
  starting: ReadonlySet<string>;
  ending: boolean;
  verdict?: { phase: 'Failed'; reason: string; message: string } | undefined;
}

/** Turns what is known of a pod into its API status, and keeps its probes in step. */
export class PodReporter {
  readonly #options: PodReporterOptions;

  constructor(options: PodReporterOptions) {
    this.#options = options;
  }

  report(apiPod: Pod, { waiting, starting, ending, verdict }: WorkerView): PodStatus {
    const { cache, prober, writer, messages, node, clock } = this.#options;
    const uid = apiPod.metadata.uid ?? '';
    const runtime = cache.pod(uid);
    const pod = this.withOwnStatus(apiPod);
    const names = new Map(runtime?.containers.map((c) => [c.id, c.metadata.name]));
    const status = podStatus({
      pod,
      runtime,
      ending,
      verdict,
      hostIps: node.hostIps,
      now: clock.now(),
      facts: {
        waiting: (name) => waiting.get(name),
        started: (id) => prober.started(id) && !starting.has(names.get(id) ?? ''),
        ready: (id) => prober.ready(id),
        terminationMessage: (container) => messages.of(container),
        runtimeName: node.runtimeName,
      },
    });
    writer.set(apiPod, status);
    return status;
  }

  /** The API's copy has changed in nothing that the worker looks at. */
  observe(pod: Pod): void {
    this.#options.writer.observe(pod);
  }

  /** Starts probes of what runs, ends those of what does not. */
  probe(pod: Pod, starting: ReadonlySet<string>): void {
    const { cache, prober, node } = this.#options;
    const runtime = cache.pod(pod.metadata.uid ?? '');
    const podIp = pod.spec.hostNetwork ? (node.hostIps[0] ?? '') : (runtime?.sandboxes[0]?.network?.ip ?? '');
    const probed = [...pod.spec.containers, ...(pod.spec.initContainers ?? []).filter(isSidecar)];
    for (const status of runtime?.containers ?? []) {
      const container = probed.find((c) => c.name === status.metadata.name);
      if (status.state !== 'CONTAINER_RUNNING') prober.remove(status.id);
      else if (container && !starting.has(container.name)) {
        const known = pod.status?.containerStatuses?.find((s) => s.name === container.name);
        const wasReady = known?.ready === true && known.containerID?.endsWith(status.id) === true;
        prober.add({ pod, container, status, podIp, wasReady });
      }
    }
  }

  /** The API's copy may be older than what was last written; conditions of others are its own, and so is the end of the pod. */
  withOwnStatus(pod: Pod): Pod {
    const own = this.#options.writer.get(pod.metadata.uid ?? '');
    if (!own || isEnded(pod.status?.phase)) return pod;
    const types = new Set((own.conditions ?? []).map((c) => c.type));
    const others = (pod.status?.conditions ?? []).filter((c) => !types.has(c.type));
    return { ...pod, status: { ...pod.status, ...own, conditions: [...(own.conditions ?? []), ...others] } };
  }
}
