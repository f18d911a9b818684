/** The node in the API: registered once, its status kept true, its lease renewed. */
import { type Node, type NodeStatus, nodeKind } from '@t8s/api';
import { Backoff, type Clock, sleep } from '@t8s/async';
import type { Client } from '@t8s/client';
import { isStatus } from '@t8s/meta';
import type { Logger } from '@t8s/telemetry';
import { architecture } from './machine.ts';
import { heartbeatTimeout } from './node-lease.ts';
import { type NodeStatusSource, readNodeStatus } from './node-status.ts';

export interface NodeAgentOptions {
  client: Client;
  source: NodeStatusSource;
  /** How often the status is looked at, ms; it is written when it has changed, and every five minutes. */
  frequency: number;
  event(node: Node, type: 'Normal' | 'Warning', reason: string, message: string): void;
  clock: Clock;
  log: Logger;
}

const reportEvery = 5 * 60_000;

/** What is told of a condition that has come to be true, and of one that no longer is. */
const reasons: Readonly<Record<string, readonly [string, string]>> = {
  MemoryPressure: ['NodeHasInsufficientMemory', 'NodeHasSufficientMemory'],
  DiskPressure: ['NodeHasDiskPressure', 'NodeHasNoDiskPressure'],
  PIDPressure: ['NodeHasInsufficientPID', 'NodeHasSufficientPID'],
  Ready: ['NodeReady', 'NodeNotReady'],
};

export class NodeAgent {
  readonly #options: NodeAgentOptions;
  #node: Node | undefined;
  #reportedAt = 0;
  #wake: () => void = () => undefined;
  /** Something has changed since the last look began. */
  #isPoked = false;

  constructor(options: NodeAgentOptions) {
    this.#options = options;
  }

  get allocatable(): Record<string, string> {
    return this.#node?.status?.allocatable ?? {};
  }

  /** The runtime or the network has changed: look now, not at the next tick. */
  poke(): void {
    this.#isPoked = true;
    this.#wake();
  }

  /** What the API has: a condition that another has changed (the node was away, and is back) is set right again at once. */
  observe(node: Node): void {
    const version = (object: Node | undefined): bigint => BigInt(object?.metadata.resourceVersion ?? '0');
    if (!this.#node || version(node) <= version(this.#node)) return;
    this.#take(node);
    this.poke();
  }

  /** Registers the node; tries until the API server answers. */
  async register(signal: AbortSignal): Promise<Node> {
    const { client, source, log, clock } = this.#options;
    const backoff = new Backoff({ base: 200, cap: 7000 });
    const nodes = client.resource(nodeKind);
    const labels = nodeLabels(source.nodeName);
    for (;;) {
      try {
        const status = await readNodeStatus(source, undefined, clock.now());
        const annotations = { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' };
        const wanted: Node = { apiVersion: 'v1', kind: 'Node', metadata: { name: source.nodeName, labels, annotations }, spec: {}, status };
        this.#node = await create(wanted);
        this.#tell({ conditions: status.conditions?.filter(({ type }) => type === 'Ready') }, status);
        await this.#write(true);
        return this.#node;
      } catch (error) {
        log.warn({ node: source.nodeName, err: error }, 'node not registered, trying again');
        await sleep(backoff.next(), { signal, clock });
      }
    }

    async function create(wanted: Node): Promise<Node> {
      try {
        return await nodes.create(wanted);
      } catch (error) {
        if (!isStatus(error, 'AlreadyExists')) throw error;
        return nodes.patch({ name: source.nodeName }, { type: 'merge', body: { metadata: { labels } } });
      }
    }
  }

  /** Keeps the status true until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { frequency, log, clock } = this.#options;
    this.#start();
    while (!signal.aborted) {
      // What came while the last status was on its way is not in it.
      if (!this.#isPoked)
        await new Promise<void>((resolve) => {
          const cancel = clock.after(frequency, resolve);
          this.#wake = () => {
            cancel();
            resolve();
          };
          signal.addEventListener('abort', this.#wake, { once: true });
        });
      signal.removeEventListener('abort', this.#wake);
      if (signal.aborted) return;
      this.#isPoked = false;
      try {
        await this.#write(false);
      } catch (error) {
        log.warn({ err: error }, 'node status not written');
        if (isStatus(error, 'NotFound')) await this.register(signal);
      }
    }
  }

  #start(): void {
    if (this.#node) this.#options.event(this.#node, 'Normal', 'Starting', 'Starting kubelet.');
  }

  async #write(force: boolean): Promise<void> {
    const { client, source, clock } = this.#options;
    const old = this.#node?.status;
    const status = await readNodeStatus(source, old, clock.now());
    if (!force && clock.now() - this.#reportedAt < reportEvery && isSame(old, status)) return;
    const node = await client.resource(nodeKind).patch(
      { name: source.nodeName },
      {
        type: 'strategic',
        subresource: 'status',
        body: {
          status: {
            ...status,
            addresses: [...(status.addresses ?? []), { $patch: 'replace' }],
            allocatable: { ...withdrawn(old), ...status.allocatable },
          },
        },
        signal: AbortSignal.timeout(heartbeatTimeout),
      },
    );
    this.#take(node);
    this.#reportedAt = clock.now();
    this.#tell(old, status);
  }

  /** The node as the API has it now. */
  #take(node: Node): void {
    const isOpen = ({ spec }: Node): boolean => spec.unschedulable !== true;
    const before = this.#node;
    this.#node = node;
    if (before && isOpen(before) !== isOpen(node)) this.#say(isOpen(node) ? 'NodeSchedulable' : 'NodeNotSchedulable');
  }

  #tell(old: NodeStatus | undefined, { conditions = [] }: NodeStatus): void {
    for (const { type, status } of conditions) {
      const [yes, no] = reasons[type] ?? [];
      const reason = status === 'True' ? yes : no;
      if (reason !== undefined && old?.conditions?.find((c) => c.type === type)?.status !== status) this.#say(reason);
    }
  }

  #say(reason: string): void {
    if (this.#node) this.#options.event(this.#node, 'Normal', reason, `Node ${this.#options.source.nodeName} status is now: ${reason}`);
  }
}

/** Nulls for what the node had to give: what it no longer has is to go. */
const withdrawn = (old: NodeStatus | undefined): Record<string, null> =>
  Object.fromEntries(Object.keys(old?.allocatable ?? {}).map((name) => [name, null]));

function nodeLabels(name: string): Record<string, string> {
  return {
    'beta.kubernetes.io/arch': architecture,
    'beta.kubernetes.io/os': 'linux',
    'kubernetes.io/arch': architecture,
    'kubernetes.io/hostname': name,
    'kubernetes.io/os': 'linux',
  };
}

/** Heartbeats don't count as a change, and neither does free disk space as such. */
function isSame(a: NodeStatus | undefined, b: NodeStatus): boolean {
  return a !== undefined && significant(a) === significant(b);
}

function significant({ conditions, capacity, allocatable, addresses, images, nodeInfo }: NodeStatus): string {
  const own = new Set(['MemoryPressure', 'DiskPressure', 'PIDPressure', 'Ready']);
  const facts = (conditions ?? [])
    .filter((c) => own.has(c.type))
    .map(({ type, status, reason, message }) => [type, status, reason, message].join());
  return JSON.stringify([facts.sort(), sorted(capacity), sorted(allocatable), addresses, images?.map((i) => i.names), sorted(nodeInfo)]);
}

function sorted(map: object | undefined): unknown {
  return Object.entries(map ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
}
