import { setTimeout as sleep } from 'node:timers/promises';
import { deploymentKind, type Pod, podKind } from '@t8s/api';
import { eventually } from '@t8s/testkit';
import Docker from 'dockerode';
import { LoadClient } from './load-client.ts';
import { NodeCluster } from './node-cluster.ts';
import { median, type Result, rate } from './result.ts';

const image = 't8s.local/busybox:1';
const command = ['sleep', '1000000'];
const rounds = 12;
const idlePods = 40;
const idleSeconds = 40;
const settleSeconds = 15;
const apiPods = 5000;

/** A node with all its processes: how fast a pod runs, what 40 pods cost that do nothing, and what memory is taken. */
export async function pods(rootFs: string, profiles?: string): Promise<Result[]> {
  const cluster = await NodeCluster.start({ rootFs, profiles });
  try {
    return [await starts(cluster), ...(await idle(cluster)), await withManyPods(cluster)];
  } finally {
    await cluster.stop();
  }
}

/** Pod create → Running against two Docker creates and starts in sequence, in turns; medians. */
async function starts({ api, docker: { socket } }: NodeCluster): Promise<Result> {
  const docker = new Docker({ socketPath: socket });
  const client = api.client.resource(podKind);
  const ours: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const pair = await timed(async () => {
      const sandbox = await docker.createContainer({ Image: 't8s.local/pause:1', HostConfig: { NetworkMode: 'none' } });
      await sandbox.start();
      const container = await docker.createContainer({
        Image: image,
        Cmd: command,
        HostConfig: { NetworkMode: `container:${sandbox.id}` },
      });
      await container.start();
      return [container, sandbox];
    });
    for (const container of pair.result) await container.remove({ force: true });
    const name = `start-${round}`;
    const { metadata } = await client.list({ limit: 1 });
    const end = new AbortController();
    const events = client.watch({ namespace: 'default', resourceVersion: metadata?.resourceVersion ?? '0', signal: end.signal });
    const start = performance.now();
    await client.create(sleeper(name));
    for await (const { object } of events) if (object.metadata.name === name && object.status?.phase === 'Running') break;
    const took = performance.now() - start;
    end.abort();
    // The first of each pays for what is loaded once.
    if (round > 0) {
      bare.push(pair.ms);
      ours.push(took);
    }
    await client.delete({ namespace: 'default', name }, { gracePeriodSeconds: 0 });
    await sleep(500);
  }
  return {
    work: 'pod create → Running / two Docker creates, starts',
    value: (median(ours) / median(bare)).toFixed(2),
    goal: '≤ 1.5',
    upstream: '2.0 (992 ms)',
    detail: `p50 of ${rounds}: ${median(ours).toFixed(0)} ms, Docker alone ${median(bare).toFixed(0)} ms`,
  };
}

async function idle({ api, processes }: NodeCluster): Promise<Result[]> {
  const ready = await timed(async () => {
    const labels = { app: 'idle' };
    await api.client.resource(deploymentKind).create({
      metadata: { name: 'idle', namespace: 'default' },
      spec: { replicas: idlePods, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: sleeper('idle').spec } },
    });
    await eventually(async () => {
      const { status } = await api.client.resource(deploymentKind).get({ namespace: 'default', name: 'idle' });
      if (status?.readyReplicas !== idlePods) throw new Error(`${status?.readyReplicas ?? 0} of ${idlePods} pods are ready`);
    }, 90_000);
  });
  await sleep(settleSeconds * 1000);
  const names = Object.keys(processes);
  const before = names.map((name) => processes[name]?.cpu() ?? 0);
  await sleep(idleSeconds * 1000);
  const percent = names.map((name, i) => (((processes[name]?.cpu() ?? 0) - (before[i] ?? 0)) / idleSeconds) * 100);
  const total = percent.reduce((sum, of) => sum + of, 0);
  const memory = (of: string[]): Result['detail'] => of.map((name) => `${name} ${processes[name]?.memory().toFixed(0)}`).join(', ');
  const sum = (of: string[]): string => `${of.reduce((all, name) => all + (processes[name]?.memory() ?? 0), 0).toFixed(0)} MB`;
  return [
    {
      work: `Deployment of ${idlePods} → all Ready, one node`,
      value: `${(ready.ms / 1000).toFixed(1)} s`,
      goal: '',
      upstream: '12.5 s',
      detail: '40 pairs of bare Docker calls, 4 at a time: 10.8 s beside upstream',
    },
    {
      work: `CPU of all our processes, ${idlePods} pods idle`,
      value: `${total.toFixed(1)} %`,
      goal: '< 6 %',
      upstream: '11 %',
      detail: `of a core, ${idleSeconds} s: ${names.map((name, i) => `${name} ${percent[i]?.toFixed(1)}`).join(', ')}`,
    },
    {
      work: 'memory of the control plane, idle',
      value: sum(controlPlane),
      goal: '< 300 MB',
      upstream: '467 MB',
      detail: memory(controlPlane),
    },
    { work: 'memory of the node, idle', value: sum(nodeSide), goal: '< 150 MB', upstream: '158 MB', detail: memory(nodeSide) },
  ];
}

const controlPlane = ['apiserver', 'controller-manager', 'scheduler'];
const nodeSide = ['kubelet', 'kube-proxy'];

/** Pods that wait at a gate are in every cache and on no node. */
async function withManyPods({ api, processes }: NodeCluster): Promise<Result> {
  const load = await LoadClient.open(api.connection, 64);
  const path = '/api/v1/namespaces/default/pods';
  await rate(apiPods, 64, (i) => {
    const pod = sleeper(`gated-${i}`);
    return load.send({
      method: 'POST',
      path,
      body: JSON.stringify({ ...pod, spec: { ...pod.spec, schedulingGates: [{ name: 'perf/never' }] } }),
    });
  });
  load.close();
  await sleep(settleSeconds * 1000);
  return {
    work: `memory with ${apiPods} pods in the API`,
    value: `${processes['apiserver']?.memory().toFixed(0)} MB`,
    goal: '',
    upstream: '740 MB (apiserver)',
    detail: Object.entries(processes)
      .map(([name, use]) => `${name} ${use.memory().toFixed(0)}`)
      .join(', '),
  };
}

const sleeper = (name: string): Pod => ({
  metadata: { name, namespace: 'default' },
  spec: { terminationGracePeriodSeconds: 0, containers: [{ name: 'app', image, command, imagePullPolicy: 'IfNotPresent' }] },
});

async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; result: T }> {
  const start = performance.now();
  const result = await work();
  return { ms: performance.now() - start, result };
}
