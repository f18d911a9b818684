import type { Node } from '@t8s/api';
import type { Logger } from '@t8s/telemetry';
import { applyHostRoutes, type NodeRange } from './host-routes.ts';
import { applyPodRules } from './pod-firewall.ts';

export interface ClusterNetworkOptions {
  nodeName: string;
  /** All nodes; undefined while they are not known, which leaves the routes as they are. */
  nodes(): readonly Node[] | undefined;
  log: Logger;
  /** How the kernel is told; tests give their own. */
  rules?: typeof applyPodRules;
  routes?: typeof applyHostRoutes;
}

/** Keeps routes and rules of the built-in network in step with the cluster's nodes; one change at a time, the last state wins. */
export class ClusterNetwork {
  readonly #options: Required<ClusterNetworkOptions>;
  #podCidr = '';
  #running: Promise<void> | undefined;
  #again = false;
  #applied = '';

  constructor(options: ClusterNetworkOptions) {
    this.#options = { rules: applyPodRules, routes: applyHostRoutes, ...options };
  }

  /** Called before the first pod: the rules are there when it resolves. */
  async prepare(podCidr: string): Promise<void> {
    this.#podCidr = podCidr;
    this.#applied = '';
    await this.#running;
    await this.#apply();
  }

  /** Called when the node's range is known: services lead through this node to pods elsewhere before it has pods of its own. */
  follow(podCidr: string): void {
    this.#podCidr = podCidr;
    this.nodesChanged();
  }

  /** Called at each change of a node, which is also the next try after a failure; does nothing until the node has a range. */
  nodesChanged(): void {
    if (this.#podCidr === '') return;
    this.#again = true;
    this.#running ??= this.#drain();
  }

  async #drain(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      try {
        await this.#apply();
      } catch (error) {
        this.#options.log.error({ err: error }, 'routes and rules of the pod network could not be written');
      }
    }
    this.#running = undefined;
  }

  async #apply(): Promise<void> {
    const { nodes, nodeName, rules, routes } = this.#options;
    const others = nodes()
      ?.filter((node) => node.metadata.name !== nodeName)
      .flatMap(rangeOf);
    const key = JSON.stringify([this.#podCidr, others]);
    if (key === this.#applied) return;
    await rules(
      this.#podCidr,
      (others ?? []).map((node) => node.podCidr),
    );
    if (others) await routes(others);
    this.#applied = key;
  }
}

function rangeOf(node: Node): NodeRange[] {
  const hostIp = node.status?.addresses?.find((a) => a.type === 'InternalIP')?.address;
  return node.spec?.podCIDR && hostIp ? [{ podCidr: node.spec.podCIDR, hostIp }] : [];
}
