/** The controllers on an apiserver of their own, with nodes and pods that exist only in the API. */
import { type Deployment, deploymentKind, type EndpointSlice, endpointSliceKind, type Pod, podKind, serviceKind } from '@t8s/api';
import { sleep } from '@t8s/async';
import type { ResourceRef } from '@t8s/client';
import type { KubeObject } from '@t8s/meta';
import { type ApiServerProcess, freePort } from './apiserver-process.ts';
import { examplePod } from './example-pod.ts';
import { LoadClient } from './load-client.ts';
import { type Result, rate } from './result.ts';
import { type ServiceProcess, startService } from './service-process.ts';
import { createNodes } from './simulated-kubelets.ts';

const namespace = 'default';
const capacity = { cpu: '64', memory: '256Gi', pods: '1000' };

/** The process as it is shipped; nobody renews leases of nodes. */
async function start(api: ApiServerProcess, name: 'controller-manager' | 'scheduler', profiles?: string): Promise<ServiceProcess> {
  const kubeconfig = await api.kubeconfig(`system:kube-${name}`);
  const flags = { kubeconfig, 'leader-elect': false, 'healthz-port': await freePort() };
  return startService({ name, flags: { ...flags, ...(name === 'controller-manager' && { 'node-monitor-grace-period': '1h' }) }, profiles });
}

/** Hears of every change of a kind from now on, until `isDone` says so. */
async function follow<T extends KubeObject>(api: ApiServerProcess, kind: ResourceRef<T>, isDone: (object: T) => boolean): Promise<void> {
  const { metadata } = await api.client.resource(kind).list({ limit: 1 });
  const end = new AbortController();
  for await (const { object } of api.client.resource(kind).watch({ resourceVersion: metadata?.resourceVersion ?? '0', signal: end.signal }))
    if (isDone(object)) break;
  end.abort();
}

/** Deployments that are there when the controller manager starts. */
export async function rollouts(api: ApiServerProcess, profiles?: string): Promise<Result[]> {
  const [deployments, replicas] = [1000, 10];
  const count = deployments * replicas;
  const { spec } = examplePod('web');
  await rate(deployments, 32, (i) => {
    const labels = { app: `app-${i}` };
    const deployment: Deployment = {
      metadata: { namespace, name: `app-${i}` },
      spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
    };
    return api.client.resource(deploymentKind).create(deployment);
  });
  const uids = new Set<string>();
  let first = 0;
  const all = follow(api, podKind, ({ metadata }) => {
    first ||= performance.now();
    return uids.add(metadata.uid ?? '').size === count;
  });
  const before = api.cpu();
  const manager = await start(api, 'controller-manager', profiles);
  try {
    await all;
    const perSecond = count / ((performance.now() - first) / 1000);
    const cpu = (seconds: number): string => ((seconds / count) * 1000).toFixed(2);
    return [
      {
        work: `${deployments} deployments of ${replicas} pods: pods made`,
        value: `${perSecond.toFixed(0)} /s`,
        goal: '',
        upstream: '',
        detail: `ms CPU a pod: controller-manager ${cpu(manager.cpu())}, apiserver ${cpu(api.cpu() - before)}; controller-manager ${manager.memory().toFixed(0)} MB`,
      },
    ];
  } finally {
    await manager.stop();
  }
}

/** Pods that run on `nodes` and are ready. */
async function createRunning(api: ApiServerProcess, count: number, nodes: number): Promise<void> {
  await createNodes(api, { count: nodes, capacity, zones: 3 });
  const load = await LoadClient.open(api.connection, 32);
  const path = `/api/v1/namespaces/${namespace}/pods`;
  const conditions = [{ type: 'Ready', status: 'True', lastTransitionTime: '2025-01-01T00:00:00Z' }];
  await rate(count, 32, async (i) => {
    const { metadata, spec } = examplePod(`pod-${i}`, `node-${i % nodes}`);
    const pod: Pod = { metadata: { ...metadata, labels: { ...metadata.labels, app: 'web' } }, spec };
    await load.send({ method: 'POST', path, body: JSON.stringify(pod) });
    const status = { phase: 'Running', podIP: `10.${200 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}`, conditions };
    const contentType = 'application/merge-patch+json';
    await load.send({ method: 'PATCH', path: `${path}/pod-${i}/status`, body: JSON.stringify({ status }), contentType });
  });
  load.close();
}

/** A service for pods that are ready. */
export async function slices(api: ApiServerProcess, profiles?: string): Promise<Result[]> {
  const count = 5000;
  await createRunning(api, count, 50);
  const manager = await start(api, 'controller-manager', profiles);
  try {
    // When this service has its slice the controllers have read all.
    const seen = (name: string, endpoints: number): Promise<void> => {
      const held = new Map<string, number>();
      return follow(api, endpointSliceKind, ({ metadata, endpoints: all }: EndpointSlice) => {
        if (metadata.labels?.['kubernetes.io/service-name'] !== name) return false;
        held.set(metadata.name ?? '', all.filter(({ conditions }) => conditions?.ready).length);
        return [...held.values()].reduce((sum, n) => sum + n, 0) === endpoints;
      });
    };
    const create = (name: string, app: string): Promise<unknown> =>
      api.client.resource(serviceKind).create({ metadata: { namespace, name }, spec: { selector: { app }, ports: [{ port: 80 }] } });
    const ready = seen('first', 0);
    await create('first', 'none');
    await ready;
    const idle = manager.cpu();
    const done = seen('web', count);
    const start = performance.now();
    await create('web', 'web');
    await done;
    const seconds = (performance.now() - start) / 1000;
    const { items } = await api.client.resource(endpointSliceKind).list({ labelSelector: 'kubernetes.io/service-name=web' });
    return [
      {
        work: `slices of a service of ${count} pods: until all are in`,
        value: `${seconds.toFixed(2)} s`,
        goal: '',
        upstream: '',
        detail: `${items.length} slices; controller-manager ${(manager.cpu() - idle).toFixed(2)} s CPU`,
      },
    ];
  } finally {
    await manager.stop();
  }
}

/** What the pods of a large cluster cost the processes that know them all. */
export async function memory(api: ApiServerProcess, profiles?: string): Promise<Result[]> {
  const count = 30_000;
  await createRunning(api, count, 300);
  const results: Result[] = [];
  for (const name of ['controller-manager', 'scheduler'] as const) {
    const service = await start(api, name, profiles);
    try {
      await atRest(service);
      const value = `${service.memory().toFixed(0)} MB`;
      const detail = `${service.cpu().toFixed(1)} s CPU until it was at rest`;
      results.push({ work: `${count} pods in the API: memory of the ${name}`, value, goal: '< 600 MB', upstream: '', detail });
    } finally {
      await service.stop();
    }
  }
  return results;
}

/** Resolves when the process has used next to no CPU for a while: it has read what there is. */
async function atRest({ cpu }: ServiceProcess): Promise<void> {
  const [quietMs, most] = [5000, 0.1];
  for (let before = 0; ; before = cpu()) {
    await sleep(quietMs);
    if (cpu() - before < most) return;
  }
}
