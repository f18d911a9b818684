/** What the metrics APIs say: metrics.k8s.io of pods, custom.metrics.k8s.io and external.metrics.k8s.io where somebody serves them. */
import type { APIResourceList, CrossVersionObjectReferenceV2, PodMetrics } from '@t8s/api';
import type { Client } from '@t8s/client';
import { parseDuration } from '@t8s/component';
import { type KubeList, type LabelSelector, parseApiVersion, parseQuantity, parseTime, toSelector } from '@t8s/meta';

/** What one pod uses, in thousandths of the metric's unit. */
export interface Measure {
  value: number;
  /** End of the time it was measured over, and its length. Milliseconds. */
  at: number;
  window: number;
}

interface MetricValueList {
  items: { describedObject?: { name?: string }; value: string; timestamp: string; windowSeconds?: number; window?: number }[];
}

/** Where an answer doesn't say over which time it was measured. */
const defaultWindow = 60_000;

export class MetricsClient {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Of pods that `selector` selects, by name: a resource of all containers, or of one. Pods that lack it are left out. */
  async resource(
    namespace: string,
    selector: string,
    { name, container }: { name: string; container?: string },
  ): Promise<Map<string, Measure>> {
    const { items } = await this.#get<KubeList<PodMetrics>>(
      'resource metrics',
      `/apis/metrics.k8s.io/v1beta1/namespaces/${namespace}/pods`,
      {
        labelSelector: selector,
      },
    );
    if (items.length === 0) throw new Error('no metrics returned from resource metrics API');
    const measures = new Map<string, Measure>();
    for (const { metadata, containers, timestamp, window } of items) {
      const counted = container === undefined ? containers : containers.filter((one) => one.name === container);
      const usages = counted.map(({ usage }) => usage[name]);
      if (usages.length === 0 || usages.includes(undefined)) continue;
      const value = usages.reduce((sum, usage) => sum + parseQuantity(usage ?? '0').milliValue, 0);
      measures.set(metadata.name ?? '', { value, at: parseTime(timestamp) ?? 0, window: parseDuration(window) ?? defaultWindow });
    }
    return measures;
  }

  /** A metric of each pod. */
  async pods(namespace: string, selector: string, metric: MetricName): Promise<Map<string, Measure>> {
    const { items } = await this.#custom(`namespaces/${namespace}/pods/*/${encodeURIComponent(metric.name)}`, {
      labelSelector: selector,
      ...metricSelector(metric),
    });
    if (items.length === 0) throw new Error('no metrics returned from custom metrics API');
    return new Map(
      items.map(({ describedObject, value, timestamp, windowSeconds }) => [
        describedObject?.name ?? '',
        {
          value: parseQuantity(value).milliValue,
          at: parseTime(timestamp) ?? 0,
          window: windowSeconds === undefined ? defaultWindow : windowSeconds * 1000,
        },
      ]),
    );
  }

  /** A metric of one object, in thousandths. */
  async object(namespace: string, object: CrossVersionObjectReferenceV2, metric: MetricName): Promise<number> {
    const resource = await this.#resourceOf(object);
    const path =
      object.kind === 'Namespace'
        ? `namespaces/${object.name}/metrics/${encodeURIComponent(metric.name)}`
        : `namespaces/${namespace}/${resource}/${encodeURIComponent(object.name)}/${encodeURIComponent(metric.name)}`;
    const [only] = (await this.#custom(path, metricSelector(metric))).items;
    if (!only) throw new Error('no metrics returned from custom metrics API');
    return parseQuantity(only.value).milliValue;
  }

  /** The sum of an external metric's values, in thousandths. */
  async external(namespace: string, { name, selector }: MetricName): Promise<number> {
    const path = `/apis/external.metrics.k8s.io/v1beta1/namespaces/${namespace}/${encodeURIComponent(name)}`;
    const { items } = await this.#get<MetricValueList>('external metrics', path, { labelSelector: toSelector(selector).toString() });
    if (items.length === 0) throw new Error('no metrics returned from external metrics API');
    return items.reduce((sum, { value }) => sum + parseQuantity(value).milliValue, 0);
  }

  /** `deployments.apps`: how the custom metrics API names what it tells of. */
  async #resourceOf({ apiVersion = 'v1', kind }: CrossVersionObjectReferenceV2): Promise<string> {
    const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const { resources } = await this.#client.getJson<APIResourceList>(root);
    const found = resources.find((one) => one.kind === kind && !one.name.includes('/'));
    const { group } = parseApiVersion(apiVersion);
    if (!found) throw new Error(`no matches for kind "${kind}" in group "${group}"`);
    return group === '' ? found.name : `${found.name}.${group}`;
  }

  /** In the version its server prefers. */
  async #custom(path: string, query: Record<string, string>): Promise<MetricValueList> {
    const { preferredVersion } = await this.#get<{ preferredVersion?: { groupVersion: string } }>(
      'custom metrics',
      '/apis/custom.metrics.k8s.io',
      {},
    );
    return this.#get('custom metrics', `/apis/${preferredVersion?.groupVersion}/${path}`, query);
  }

  async #get<T>(api: string, path: string, query: Record<string, string>): Promise<T> {
    const text = new URLSearchParams(query).toString();
    try {
      return await this.#client.getJson<T>(text === '' ? path : `${path}?${text}`);
    } catch (error) {
      throw new Error(`unable to fetch metrics from ${api} API: ${(error as Error).message}`, { cause: error });
    }
  }
}

export interface MetricName {
  name: string;
  selector?: LabelSelector;
}

const metricSelector = ({ selector }: MetricName): Record<string, string> =>
  selector ? { metricLabelSelector: toSelector(selector).toString() } : {};
