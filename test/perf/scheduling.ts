/** Pods onto nodes that exist only in the API: all of them are there when the scheduler starts. */
import { type Pod, type PodSpec, priorityClassKind } from '@t8s/api';
import { type ApiServerProcess, freePort } from './apiserver-process.ts';
import { Bindings } from './bindings.ts';
import { examplePod } from './example-pod.ts';
import { LoadClient } from './load-client.ts';
import { type Result, rate } from './result.ts';
import { type ServiceProcess, startService } from './service-process.ts';
import { createNodes, endDeletedPods } from './simulated-kubelets.ts';

export interface Scenario {
  /** What the pods have beside an ordinary one. */
  what: string;
  spec: Partial<PodSpec>;
  nodes: number;
  pods: number;
  /** Pods of low priority on each node, as many as it holds. */
  residents?: number;
  goal: string;
  upstream: string;
}

const zone = 'topology.kubernetes.io/zone';
const alike = { labelSelector: { matchLabels: { app: 'web' } } };
const affinityTo = (zones: string[]) => ({
  requiredDuringSchedulingIgnoredDuringExecution: {
    nodeSelectorTerms: [{ matchExpressions: [{ key: zone, operator: 'In', values: zones }] }],
  },
});
const apart = [{ weight: 1, podAffinityTerm: { topologyKey: 'kubernetes.io/hostname', ...alike } }];
const usual = { nodes: 1000, pods: 5000 };

export const scenarios = {
  plain: { ...usual, what: 'alike', spec: {}, goal: '≥ 300 /s', upstream: '146 /s' },
  'node-affinity': {
    ...usual,
    what: 'with node affinity',
    spec: { affinity: { nodeAffinity: affinityTo(['zone-0', 'zone-1']) } },
    goal: '≥ 280 /s',
    upstream: '121 /s',
  },
  'zone-spread': {
    ...usual,
    what: 'spread over zones',
    spec: { topologySpreadConstraints: [{ topologyKey: zone, maxSkew: 5, whenUnsatisfiable: 'DoNotSchedule', ...alike }] },
    goal: '≥ 250 /s',
    upstream: '109 /s',
  },
  'anti-affinity': {
    ...usual,
    what: 'that prefer to be apart',
    spec: { affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: apart } } },
    goal: '≥ 200 /s',
    upstream: '71 /s',
  },
  preemption: {
    nodes: 1000,
    pods: 1000,
    what: 'each in the place of one of lower priority',
    spec: { priorityClassName: 'high' },
    residents: 4,
    goal: '≥ 100 /s',
    upstream: '',
  },
  growth: { nodes: 5000, pods: 5000, what: 'alike', spec: {}, goal: '', upstream: '' },
} as const satisfies Record<string, Scenario>;

const capacity = { cpu: '4', memory: '32Gi', pods: '110' };
const path = '/api/v1/namespaces/default/pods';

export async function scheduling(api: ApiServerProcess, scenario: Scenario, profiles?: string): Promise<Result[]> {
  const { what, nodes, pods, goal, upstream } = scenario;
  await createNodes(api, { count: nodes, capacity, zones: 3 });
  await createPods(api, scenario);
  const bindings = await Bindings.follow(api, 'pod-');
  const end = new AbortController();
  const kubelets = endDeletedPods(api, end.signal);
  const port = await freePort();
  const kubeconfig = await api.kubeconfig('system:kube-scheduler');
  const scheduler = startService({ name: 'scheduler', flags: { kubeconfig, 'leader-elect': false, 'healthz-port': port }, profiles });
  try {
    const idle = await started(port, scheduler, api);
    const { first, last } = await bindings.all(pods);
    const cpu = (now: number, before: number): string => (((now - before) / pods) * 1000).toFixed(2);
    const cycle = await meanCycle(port);
    const detail = [
      `ms CPU a pod: scheduler ${cpu(scheduler.cpu(), idle.scheduler)}, apiserver ${cpu(api.cpu(), idle.apiserver)}`,
      `a cycle ${cycle.toFixed(2)} ms (${(1000 / cycle).toFixed(0)} /s)`,
      `scheduler ${scheduler.memory().toFixed(0)} MB`,
    ].join('; ');
    const value = `${(pods / ((last - first) / 1000)).toFixed(0)} /s`;
    return [{ work: `${pods} pods ${what} onto ${nodes} nodes`, value, goal, upstream, detail }];
  } finally {
    end.abort();
    await kubelets;
    await scheduler.stop();
  }
}

async function createPods(api: ApiServerProcess, { spec, pods, nodes, residents = 0 }: Scenario): Promise<void> {
  if (residents > 0) await api.client.resource(priorityClassKind).create({ metadata: { name: 'high' }, value: 1000 });
  const load = await LoadClient.open(api.connection, 64);
  const create = (pod: Pod): Promise<unknown> => load.send({ method: 'POST', path, body: JSON.stringify(pod) });
  // Nothing but another's going makes room where there are residents.
  const requests = residents > 0 ? { cpu: '1', memory: '16Mi' } : { cpu: '10m', memory: '16Mi' };
  const make = (name: string, more: Partial<PodSpec>): Pod => {
    const { metadata, spec: example } = examplePod(name);
    const containers = example.containers.map((container) => ({ ...container, resources: { requests } }));
    return { metadata: { ...metadata, labels: { app: 'web' } }, spec: { ...example, containers, ...more } };
  };
  await rate(nodes * residents, 64, (i) => create(make(`resident-${i}`, { nodeName: `node-${i % nodes}` })));
  await rate(pods, 64, (i) => create(make(`pod-${i}`, spec)));
  load.close();
}

/** CPU used up to the first cycle: reading the cluster is not part of the work. */
async function started(port: number, scheduler: ServiceProcess, api: ApiServerProcess): Promise<{ scheduler: number; apiserver: number }> {
  for (;;) {
    const use = { scheduler: scheduler.cpu(), apiserver: api.cpu() };
    if ((await metric(port, 'scheduler_scheduling_attempt_duration_seconds_count')) > 0) return use;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function meanCycle(port: number): Promise<number> {
  const name = 'scheduler_scheduling_attempt_duration_seconds';
  return ((await metric(port, `${name}_sum`)) / (await metric(port, `${name}_count`))) * 1000;
}

/** The sum over all labels; 0 while the process does not answer yet. */
async function metric(port: number, name: string): Promise<number> {
  const text = await fetch(`http://127.0.0.1:${port}/metrics`).then(
    (response) => response.text(),
    () => '',
  );
  const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}
