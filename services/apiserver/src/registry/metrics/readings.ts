/** What kubelets say at /metrics/resource, and the use between two readings of it. */

/** Counters at one moment. */
export interface Reading {
  /** Milliseconds since the epoch. */
  at: number;
  /** Core-seconds since the start. */
  cpu: number;
  /** Bytes: the working set. */
  memory: number;
  /** Milliseconds since the epoch; unknown of nodes. */
  started?: number;
}

export interface NodeReading {
  node: Reading;
  /** By `namespace/pod`, then by container. */
  pods: Map<string, Map<string, Reading>>;
}

/** Use over the `window` that ended at `at`; both in milliseconds. */
export interface Usage {
  at: number;
  window: number;
  /** Cores. */
  cpu: number;
  /** Bytes. */
  memory: number;
}

const line = /^(node|container)_(cpu_usage_seconds_total|memory_working_set_bytes|start_time_seconds)(?:\{(.*)\})? (\S+)(?: (\d+))?$/;

/** Reads the exposition format (https://kubernetes.io/docs/reference/instrumentation/node-metrics/); what is not ours is passed over. */
export function parseReading(text: string): NodeReading {
  const reading: NodeReading = { node: { at: 0, cpu: 0, memory: 0 }, pods: new Map() };
  for (const [, of, metric, labelText = '', valueText, atText] of text.matchAll(new RegExp(line, 'gm'))) {
    const into = of === 'node' ? reading.node : containerOf(reading, labelsOf(labelText));
    const value = Number(valueText);
    if (metric === 'start_time_seconds') into.started = value * 1000;
    else if (metric === 'memory_working_set_bytes') into.memory = value;
    else Object.assign(into, { cpu: value, at: Number(atText ?? 0) });
  }
  return reading;
}

function containerOf({ pods }: NodeReading, { namespace = '', pod = '', container = '' }: Record<string, string>): Reading {
  const key = `${namespace}/${pod}`;
  const containers = pods.get(key) ?? new Map<string, Reading>();
  pods.set(key, containers);
  const found = containers.get(container) ?? { at: 0, cpu: 0, memory: 0 };
  containers.set(container, found);
  return found;
}

const labelsOf = (text: string): Record<string, string> =>
  Object.fromEntries([...text.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]));

/** Undefined where there is nothing to compare with. What has started since the older reading is compared with its start. */
export function usageBetween(older: Reading | undefined, newer: Reading): Usage | undefined {
  const isSame = older !== undefined && older.started === newer.started && older.cpu <= newer.cpu;
  const from = isSame ? older : { at: newer.started ?? 0, cpu: 0 };
  const window = newer.at - from.at;
  if (from.at === 0 || window <= 0) return undefined;
  return { at: newer.at, window, cpu: ((newer.cpu - from.cpu) * 1000) / window, memory: newer.memory };
}
