/** GET metrics.k8s.io/v1beta1 nodes and pods: what they use, as metrics-server tells it, read from the kubelets when asked for. */
import type { Node, NodeMetrics, Pod, PodMetrics } from '@t8s/api';
import { formatTime, type KubeObject, methodNotAllowed, notFound, Quantity } from '@t8s/meta';
import type { Logger } from '@t8s/telemetry';
import type { ResourceContext } from '../../context.ts';
import type { Subresource } from '../../endpoints/dispatch.ts';
import { answerPage } from '../../endpoints/list.ts';
import { answerUnstored } from '../../endpoints/present.ts';
import { Selection } from '../../endpoints/selection.ts';
import type { ObjectStore } from '../object-store.ts';
import type { NodeUsage } from './node-usage.ts';
import type { Usage } from './readings.ts';

export interface MetricsOptions {
  usage: NodeUsage;
  log: Logger;
}

const apiVersion = 'metrics.k8s.io/v1beta1';

/** The handlers of `nodes.metrics.k8s.io` and `pods.metrics.k8s.io`. */
export function metricsResources({ usage, log }: MetricsOptions): Record<string, Subresource> {
  const nodeMetrics = async ({ metadata: { name = '', labels } }: Node): Promise<NodeMetrics | undefined> => {
    const used = await usage.node(name);
    return used && { ...head('NodeMetrics', { name, labels }), ...interval([used]), usage: quantities(used) };
  };
  const podMetrics = async ({ metadata: { namespace = '', name = '', labels }, spec }: Pod): Promise<PodMetrics | undefined> => {
    const used = await usage.pod(spec.nodeName ?? '', `${namespace}/${name}`);
    if (!used || used.size === 0) return undefined;
    const containers = [...used].map(([container, of]) => ({ name: container, usage: quantities(of) }));
    return { ...head('PodMetrics', { name, namespace, labels }), ...interval([...used.values()]), containers };
  };
  const told = new WeakSet<Error>();
  const measured = async <T extends KubeObject>(object: T, metrics: (object: T) => Promise<KubeObject | undefined>) => {
    try {
      return await metrics(object);
    } catch (error) {
      // All pods of a node have the same error.
      if (error instanceof Error && !told.has(error))
        log.warn({ err: error, name: object.metadata.name }, 'no metrics: the kubelet does not answer');
      if (error instanceof Error) told.add(error);
      return undefined;
    }
  };
  const isRunning = ({ spec, status }: Pod): boolean => (spec.nodeName ?? '') !== '' && status?.phase === 'Running';

  return {
    'nodes.metrics.k8s.io': async (context, { objects }) => {
      const nodes = found<Node>(context, objects, 'nodes');
      await answer(context, await Promise.all(nodes.map((node) => measured(node, nodeMetrics))));
    },
    'pods.metrics.k8s.io': async (context, { objects }) => {
      const pods = found<Pod>(context, objects, 'pods').filter(isRunning);
      await answer(context, await Promise.all(pods.map((pod) => measured(pod, podMetrics))));
    },
  };
}

/** The objects in memory that a get or list means. */
function found<T extends KubeObject>({ info, resource, query }: ResourceContext, { cache }: ObjectStore, storage: string): T[] {
  const { namespace, name, verb } = info;
  if (verb !== 'get' && verb !== 'list') throw methodNotAllowed();
  const prefix = namespace === '' || !resource.kind.namespaced ? '' : `${namespace}/`;
  if (verb === 'get') return [cache.resource(storage).get(`${prefix}${name}`)].flatMap((cached) => (cached ? [cached.object as T] : []));
  const selection = new Selection(resource.kind, query);
  const objects = [...cache.resource(storage).range(prefix)].map(({ object }) => object as T);
  return objects.filter((object) => selection.matches(object));
}

async function answer(context: ResourceContext, metrics: readonly (KubeObject | undefined)[]): Promise<void> {
  const { info, resource } = context;
  const items = metrics.filter((one) => one !== undefined);
  if (info.verb === 'list') {
    const cached = items.map((object) => ({ key: '', object, revision: 0, bytes: Buffer.from(JSON.stringify(object)) }));
    return answerPage(context, { items: cached, metadata: {} });
  }
  const [only] = items;
  // metrics-server names them so.
  const named = { group: resource.kind.group, resource: resource.kind.kind.toLowerCase() };
  if (!only) throw notFound(named, info.namespace === '' ? info.name : `${info.namespace}/${info.name}`);
  answerUnstored(context, 200, only);
}

function head(kind: string, metadata: { name: string; namespace?: string; labels: Record<string, string> | undefined }) {
  const { labels, ...names } = metadata;
  return { kind, apiVersion, metadata: { ...names, creationTimestamp: formatTime(Date.now()), ...(labels && { labels }) } };
}

/** Of several containers: what holds for the one measured first. */
function interval(usages: readonly Usage[]): { timestamp: string; window: string } {
  const first = usages.reduce((a, b) => (b.at < a.at ? b : a));
  const minutes = Math.floor(first.window / 60_000);
  const seconds = `${Math.round(first.window - minutes * 60_000) / 1000}s`;
  return { timestamp: formatTime(first.at), window: minutes === 0 ? seconds : `${minutes}m${seconds}` };
}

function quantities({ cpu, memory }: Usage): Record<string, string> {
  return { cpu: new Quantity(BigInt(Math.round(cpu * 1e9))).toString(), memory: Quantity.of(Math.round(memory), 'binary').toString() };
}
