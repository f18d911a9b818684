/** Metrics as autoscaling/v2beta1 spelled them: flat, `targetValue` and `currentValue` where v2 has `target.value` and `current.value`. */
import type { MetricSpec, MetricStatus } from '../../generated/types.ts';

/** Which half of an object a metric is of: what is aimed at, or what is. */
type Prefix = 'target' | 'current';
type Json = Record<string, unknown>;

const zero = '0';

export function toOldMetric(metric: MetricSpec | MetricStatus, prefix: Prefix): Json {
  const { type, object, pods, resource, containerResource: container, external } = metric as unknown as Json;
  const old: Json = { type };
  each(object, (source) => {
    const { value = zero, averageValue } = record(source[prefix]);
    const { name: metricName, selector } = record(source['metric']);
    old['object'] = { target: source['describedObject'], metricName, [`${prefix}Value`]: value, selector, averageValue };
  });
  each(pods, (source) => {
    const { name: metricName, selector } = record(source['metric']);
    old['pods'] = { metricName, [`${prefix}AverageValue`]: record(source[prefix])['averageValue'] ?? zero, selector };
  });
  for (const [field, of] of Object.entries({ resource, containerResource: container }))
    each(of, ({ name, container, [prefix]: amounts }) => {
      const { averageUtilization, averageValue } = record(amounts);
      old[field] = { name, [`${prefix}AverageUtilization`]: averageUtilization, [`${prefix}AverageValue`]: averageValue, container };
    });
  each(external, (source) => {
    const { name: metricName, selector: metricSelector } = record(source['metric']);
    const { value, averageValue } = record(source[prefix]);
    old['external'] = { metricName, metricSelector, [`${prefix}Value`]: value, [`${prefix}AverageValue`]: averageValue };
  });
  return old;
}

/** The result is in v2's spelling only as far as `value` is in the other: check it. */
export function fromOldMetric(value: unknown, prefix: Prefix): unknown {
  const { type, object, pods, resource, containerResource: container, external } = record(value);
  const metric: Json = { type };
  const amounts = (of: Json, kind: (amounts: Json) => string): Json => ({
    [prefix]: present(prefix === 'target' ? { type: kind(of), ...of } : of),
  });
  each(object, ({ target, metricName, selector, averageValue, [`${prefix}Value`]: plain }) => {
    const of = { value: plain === zero ? undefined : plain, averageValue };
    metric['object'] = {
      describedObject: target,
      metric: present({ name: metricName, selector }),
      ...amounts(of, () => (averageValue === undefined ? 'Value' : 'AverageValue')),
    };
  });
  each(pods, ({ metricName, selector, [`${prefix}AverageValue`]: averageValue }) => {
    metric['pods'] = { metric: present({ name: metricName, selector }), ...amounts({ averageValue }, () => 'AverageValue') };
  });
  for (const [field, of] of Object.entries({ resource, containerResource: container }))
    each(of, ({ name, container, [`${prefix}AverageUtilization`]: averageUtilization, [`${prefix}AverageValue`]: averageValue }) => {
      const type = averageUtilization === undefined ? 'AverageValue' : 'Utilization';
      metric[field] = present({ name, container, ...amounts({ averageUtilization, averageValue }, () => type) });
    });
  each(external, ({ metricName, metricSelector, [`${prefix}Value`]: plain, [`${prefix}AverageValue`]: averageValue }) => {
    metric['external'] = {
      metric: present({ name: metricName, selector: metricSelector }),
      ...amounts({ value: plain, averageValue }, () => (plain === undefined ? 'AverageValue' : 'Value')),
    };
  });
  return metric;
}

const record = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});

/** Calls `use` where there is a source at all. */
function each(source: unknown, use: (source: Json) => void): void {
  if (source !== undefined && source !== null) use(record(source));
}

const present = (object: Json): Json =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined && value !== null));
