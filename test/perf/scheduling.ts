import { nodeKind, type Pod, podKind, serviceKind } from '@t8s/api';
import { type ApiServerProcess, freePort } from './apiserver-process.ts';
import { examplePod } from './example-pod.ts';
import { LoadClient } from './load-client.ts';
import { type Result, rate } from './result.ts';
import { startService } from './service-process.ts';

const nodes = 100;
const count = 1000;
const pods = '/api/v1/namespaces/default/pods';

/** 1,000 pods onto 100 nodes that exist only in the API: all of them waiting when the scheduler starts, then while they are created. */
export async function scheduling(api: ApiServerProcess, profiles?: string): Promise<Result[]> {
  const capacity = { cpu: '32', memory: '64Gi', pods: '110' };
  for (let i = 0; i < nodes; i++) {
    await api.client.resource(nodeKind).create({
      metadata: { name: `node-${i}`, labels: { 'kubernetes.io/hostname': `node-${i}`, 'topology.kubernetes.io/zone': `zone-${i % 3}` } },
      spec: {},
      status: { capacity, allocatable: capacity, conditions: [{ type: 'Ready', status: 'True' }] },
    });
    // No controller is there to see that the node is ready.
    await api.client.resource(nodeKind).patch({ name: `node-${i}` }, { type: 'merge', body: { spec: { taints: null } } });
  }
  // All pods belong to one service, and so are spread by the system's default constraints.
  const selector = { 'pod-template-hash': examplePod('any').metadata.labels?.['pod-template-hash'] ?? '' };
  await api.client
    .resource(serviceKind)
    .create({ metadata: { namespace: 'default', name: 'web' }, spec: { selector, ports: [{ port: 80 }] } });
  const load = await LoadClient.open(api.connection, 64);
  const create = (name: string): Promise<unknown> => load.send({ method: 'POST', path: pods, body: JSON.stringify(examplePod(name)) });
  await rate(count, 64, (i) => create(`first-${i}`));
  const waiting = await Bindings.follow(api, 'first-');
  const kubeconfig = await api.kubeconfig('system:kube-scheduler');
  const flags = { kubeconfig, 'leader-elect': false, 'healthz-port': await freePort() };
  const scheduler = startService({ name: 'scheduler', flags, profiles });
  try {
    const before = await waiting.all();
    const cpu = { scheduler: scheduler.cpu(), apiserver: api.cpu() };
    const following = await Bindings.follow(api, 'second-');
    const started = performance.now();
    const [during] = await Promise.all([following.all(), rate(count, 64, (i) => create(`second-${i}`))]);
    const each = (process: 'scheduler' | 'apiserver', now: number): string => (((now - cpu[process]) / count) * 1000).toFixed(2);
    const detail = `ms CPU a pod: scheduler ${each('scheduler', scheduler.cpu())}, apiserver ${each('apiserver', api.cpu())} with its create`;
    return [
      result('created first', before.count / (before.last - before.first), `scheduler ${scheduler.memory().toFixed(0)} MB`),
      result('while created', during.count / (during.last - started), detail),
    ];
  } finally {
    load.close();
    await scheduler.stop();
  }
}

function result(when: string, perMs: number, detail: string): Result {
  return {
    work: `${count} pods onto ${nodes} nodes, ${when}`,
    value: `${(perMs * 1000).toFixed(0)} /s`,
    goal: '≥ 300 /s',
    upstream: '146 /s (5,000 onto 1,000)',
    detail,
  };
}

/** The pods that have got their node, as a watch tells of them. */
class Bindings {
  readonly #watch: AsyncIterable<{ type: string; object: Pod }>;
  readonly #prefix: string;
  readonly #end: AbortController;

  private constructor(watch: AsyncIterable<{ type: string; object: Pod }>, prefix: string, end: AbortController) {
    this.#watch = watch;
    this.#prefix = prefix;
    this.#end = end;
  }

  static async follow({ client }: ApiServerProcess, prefix: string): Promise<Bindings> {
    const { metadata } = await client.resource(podKind).list({ limit: 1 });
    const end = new AbortController();
    const watch = client.resource(podKind).watch({ resourceVersion: metadata?.resourceVersion ?? '0', signal: end.signal });
    return new Bindings(watch, prefix, end);
  }

  /** When the first and the last of all pods got theirs. Milliseconds. */
  async all(): Promise<{ count: number; first: number; last: number }> {
    const bound = new Set<string>();
    let first = 0;
    for await (const { object } of this.#watch) {
      const name = object.metadata.name ?? '';
      if (!object.spec.nodeName || !name.startsWith(this.#prefix)) continue;
      if (bound.size === 0) first = performance.now();
      bound.add(name);
      if (bound.size === count) break;
    }
    this.#end.abort();
    return { count: bound.size, first, last: performance.now() };
  }
}
