import type { Pod } from '@t8s/api';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { RuntimeCache } from '../pods/runtime-cache.ts';

export interface KubeletMetricsOptions {
  nodeName: string;
  cache: RuntimeCache;
  pods(): readonly Pod[];
}

/** Upstream's names for what the kubelet counts; gathered when asked for. */
export function kubeletMetrics({ nodeName, cache, pods }: KubeletMetricsOptions): () => Promise<string> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  gauge('kubelet_node_name', 'The node’s name. The count is always 1.', ['node'], (g) => g.set({ node: nodeName }, 1));
  gauge('kubelet_desired_pods', 'The number of pods the kubelet is being instructed to run.', [], (g) => g.set(pods().length));
  gauge('kubelet_running_pods', 'Number of pods that have a running pod sandbox.', [], (g) =>
    g.set(count((uid) => cache.pod(uid)?.sandboxes[0]?.state === 'SANDBOX_READY')),
  );
  gauge('kubelet_running_containers', 'Number of containers currently running.', ['container_state'], (g) => {
    const states = cache.uids().flatMap((uid) => cache.pod(uid)?.containers.map((c) => c.state) ?? []);
    g.reset();
    for (const state of new Set(states)) {
      const name = state.replace('CONTAINER_', '').toLowerCase();
      g.set({ container_state: name }, states.filter((s) => s === state).length);
    }
  });
  return () => registry.metrics();

  function count(is: (uid: string) => boolean): number {
    return cache.uids().filter(is).length;
  }

  function gauge(name: string, help: string, labelNames: string[], fill: (gauge: Gauge) => void): void {
    new Gauge({
      name,
      help,
      labelNames,
      registers: [registry],
      collect() {
        fill(this);
      },
    });
  }
}
