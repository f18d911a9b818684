/** Keeps the node's rules in step with Services and EndpointSlices. */

import type { EndpointSlice, Node, Service } from '@t8s/api';
import { type Clock, systemClock } from '@t8s/async';
import type { Informer } from '@t8s/informer';
import type { Logger } from '@t8s/telemetry';
import { EndpointChanges } from './changes/endpoint-changes.ts';
import { ServiceChanges } from './changes/service-changes.ts';
import { type FlowState, staleFlows, udpChanged } from './changes/stale-flows.ts';
import type { RunCommand } from './iptables/command.ts';
import { deleteFlow, listUdpFlows } from './iptables/conntrack.ts';
import type { KernelRules } from './iptables/kernel-rules.ts';
import { RuleSetBuilder, type RuleSetContext } from './iptables/rule-set.ts';
import type { ProxyMetrics } from './metrics.ts';
import { localAddresses } from './node-addresses.ts';
import { SyncRunner } from './sync-runner.ts';

export interface ProxierOptions {
  nodeName: string;
  services: Informer<Service>;
  slices: Informer<EndpointSlice>;
  /** Of this node alone: its zone and address. */
  node: Informer<Node>;
  rules: KernelRules;
  run: RunCommand;
  clusterCidr: string;
  localhostNodePorts: boolean;
  randomFully: boolean;
  /** Which local addresses answer on node ports; undefined: all. */
  nodePortFilter: ((address: string) => boolean) | undefined;
  /** Milliseconds between checks that nobody removed our rules. */
  syncPeriod: number;
  minSyncPeriod: number;
  metrics: ProxyMetrics;
  log: Logger;
  clock?: Clock;
}

const nothing: FlowState = { ports: new Map(), endpoints: new Map() };

export class Proxier {
  readonly #options: ProxierOptions;
  readonly #services = new ServiceChanges();
  readonly #endpoints: EndpointChanges;
  readonly #builder = new RuleSetBuilder();
  readonly #runner: SyncRunner;
  #context: RuleSetContext;
  #served = nothing;
  #mayBeGone = false;
  #started = false;

  constructor(options: ProxierOptions) {
    this.#options = options;
    this.#endpoints = new EndpointChanges(options.nodeName);
    this.#context = this.#readContext();
    this.#runner = new SyncRunner({
      sync: () => this.#sync(),
      minInterval: options.minSyncPeriod,
      onError: (error) => {
        options.metrics.failures.inc();
        options.log.error({ err: error }, 'rules could not be written; trying again');
      },
      ...(options.clock && { clock: options.clock }),
    });
    this.#follow();
  }

  /** Writes rules from the moment the first lists are there until the signal aborts. Rules stay when it ends. */
  async run(signal: AbortSignal): Promise<void> {
    const { services, slices, node, syncPeriod, clock = systemClock } = this.#options;
    await Promise.all([services.synced, slices.synced, node.synced]);
    if (signal.aborted) return;
    this.#started = true;
    this.#refreshContext();
    this.#runner.request();
    let cancel = (): void => undefined;
    const check = (): void => {
      this.#mayBeGone = true;
      this.#refreshContext();
      this.#runner.request();
      cancel = clock.after(syncPeriod, check);
    };
    cancel = clock.after(syncPeriod, check);
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    cancel();
    await this.#runner.stop();
  }

  /** Throws with the reason where changes have not reached the kernel for two periods. */
  checkHealth(): void {
    const { overdue } = this.#runner;
    if (overdue > 2 * this.#options.syncPeriod) throw new Error(`changes wait to be written since ${Math.round(overdue / 1000)}s`);
  }

  #follow(): void {
    const { services, slices, node } = this.#options;
    services.addHandler({
      added: (service) => this.#request(this.#services.apply(service)),
      updated: (service) => this.#request(this.#services.apply(service)),
      deleted: ({ metadata }) => this.#request(this.#services.remove(`${metadata.namespace}/${metadata.name}`)),
    });
    slices.addHandler({
      added: (slice) => this.#request(this.#endpoints.apply(slice)),
      updated: (slice, old) => {
        this.#endpoints.remove(old);
        this.#endpoints.apply(slice);
        this.#request(true);
      },
      deleted: (slice) => this.#request(this.#endpoints.remove(slice)),
    });
    const refresh = (): void => this.#request(this.#refreshContext());
    node.addHandler({ added: refresh, updated: refresh });
  }

  #request(changed: boolean): void {
    if (changed && this.#started) this.#runner.request();
  }

  async #sync(): Promise<void> {
    const { rules, metrics, log } = this.#options;
    const stop = metrics.duration.startTimer();
    if (this.#mayBeGone) {
      if (!(await rules.intact())) log.warn('someone removed our rules: writing them again');
      this.#mayBeGone = false;
    }
    const now: FlowState = { ports: this.#services.current(), endpoints: this.#endpoints.current() };
    const written = await rules.write(this.#builder.build(now.ports, now.endpoints, this.#context));
    const old = this.#served;
    this.#served = now;
    stop();
    metrics.lastSync.setToCurrentTime();
    metrics.written.inc(written.chains);
    if (written.chains > 0) log.debug({ ports: now.ports.size, chains: written.chains, bytes: written.text.length }, 'rules written');
    if (udpChanged(old, now)) await this.#forgetStaleFlows(old, now);
  }

  /** Rules are right without it; a flow it fails to forget ends when its client falls silent for the kernel's time-out. */
  async #forgetStaleFlows(old: FlowState, now: FlowState): Promise<void> {
    const { run, log } = this.#options;
    try {
      const flows = staleFlows(await listUdpFlows(run), old.ports, now, localAddresses());
      for (const flow of flows) await deleteFlow(run, flow);
      if (flows.length > 0) log.debug({ flows }, 'UDP flows of gone endpoints deleted');
    } catch (error) {
      log.error({ err: error }, 'UDP flows of gone endpoints could not be deleted');
    }
  }

  /** True where rules depend on what changed. */
  #refreshContext(): boolean {
    const context = this.#readContext();
    if (JSON.stringify(context) === JSON.stringify(this.#context)) return false;
    this.#context = context;
    return true;
  }

  #readContext(): RuleSetContext {
    const { nodeName, node: informer, clusterCidr, localhostNodePorts, randomFully, nodePortFilter } = this.#options;
    const node = informer.get(nodeName);
    return {
      place: { node: nodeName, zone: node?.metadata.labels?.['topology.kubernetes.io/zone'] ?? '' },
      nodeIP: node?.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? '',
      clusterCidr,
      nodePortAddresses: nodePortFilter ? [...localAddresses()].filter(nodePortFilter).sort() : undefined,
      localhostNodePorts,
      randomFully,
    };
  }
}
