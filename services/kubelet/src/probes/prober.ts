import type { Container, Pod, Probe } from '@t8s/api';
import type { Clock } from '@t8s/async';
import type { ContainerStatus } from '@t8s/cri';
import type { ProbeVerdicts } from '../pods/actions.ts';
import type { ProbeResult } from './probe-result.ts';
import type { ProbeRunner } from './probe-runner.ts';
import { ProbeWorker } from './probe-worker.ts';

export interface ProberOptions {
  run: ProbeRunner;
  /** A verdict has changed: the pod is to be looked at again. */
  changed(uid: string): void;
  unhealthy(pod: Pod, container: Container, message: string): void;
  clock: Clock;
}

export interface ProbedContainer {
  pod: Pod;
  container: Container;
  status: ContainerStatus;
  podIp: string;
  /** What the API says already of this very container: a restarted kubelet takes no pod out of service. */
  wasReady?: boolean;
}

type ProbeName = 'Liveness' | 'Readiness' | 'Startup';

interface Probed {
  uid: string;
  pod: Pod;
  started: boolean;
  ready: boolean;
  failed: 'Liveness' | 'Startup' | undefined;
  workers: Map<ProbeName, ProbeWorker>;
}

/** The probes of all running containers. A container without probes costs nothing here. */
export class Prober implements ProbeVerdicts {
  readonly #options: ProberOptions;
  readonly #probed = new Map<string, Probed>();

  constructor(options: ProberOptions) {
    this.#options = options;
  }

  /** Starts what a running container has; repeats only take in the pod's newest state. */
  add({ pod, container, status, podIp, wasReady = false }: ProbedContainer): void {
    const known = this.#probed.get(status.id);
    if (known) {
      known.pod = pod;
      return;
    }
    const { livenessProbe, readinessProbe, startupProbe } = container;
    if (!livenessProbe && !readinessProbe && !startupProbe) return;
    const probed: Probed = {
      uid: pod.metadata.uid ?? '',
      pod,
      started: !startupProbe,
      ready: !readinessProbe || wasReady,
      failed: undefined,
      workers: new Map(),
    };
    this.#probed.set(status.id, probed);
    const start = (name: ProbeName, probe: Probe | undefined, initially: boolean, verdict: (ok: boolean) => void): void => {
      if (!probe) return;
      const worker = new ProbeWorker({
        probe,
        initially,
        startedAt: status.startedAt / 1e6,
        clock: this.#options.clock,
        run: () => this.#options.run(probe, { pod: probed.pod, container: container.name, containerId: status.id, podIp }),
        failedTry: (result) => this.#options.unhealthy(probed.pod, container, failure(name, result)),
        verdict: (ok) => {
          verdict(ok);
          this.#options.changed(probed.uid);
        },
      });
      probed.workers.set(name, worker);
    };
    const fail = (name: 'Liveness' | 'Startup'): void => {
      probed.failed = name;
      probed.workers.get(name)?.stop();
    };
    const startOthers = (): void => {
      start('Liveness', livenessProbe, true, (ok) => {
        if (!ok) fail('Liveness');
      });
      start('Readiness', readinessProbe, wasReady, (ok) => {
        probed.ready = ok;
      });
    };
    if (!startupProbe) startOthers();
    start('Startup', startupProbe, false, (ok) => {
      if (ok) {
        probed.started = true;
        probed.workers.get('Startup')?.stop();
        startOthers();
      } else {
        fail('Startup');
      }
    });
  }

  /** Readiness goes on while a pod ends; nothing kills it any more. */
  ending(uid: string): void {
    for (const probed of this.#probed.values()) {
      if (probed.uid !== uid) continue;
      probed.workers.get('Liveness')?.stop();
      probed.workers.get('Startup')?.stop();
      probed.failed = undefined;
    }
  }

  remove(containerId: string): void {
    for (const worker of this.#probed.get(containerId)?.workers.values() ?? []) worker.stop();
    this.#probed.delete(containerId);
  }

  failed(containerId: string): 'Liveness' | 'Startup' | undefined {
    return this.#probed.get(containerId)?.failed;
  }

  started(containerId: string): boolean {
    return this.#probed.get(containerId)?.started ?? true;
  }

  ready(containerId: string): boolean {
    return this.#probed.get(containerId)?.ready ?? true;
  }
}

function failure(name: ProbeName, { output, errored }: ProbeResult): string {
  return errored ? `${name} probe errored and resulted in unknown state: ${output}` : `${name} probe failed: ${output}`;
}
