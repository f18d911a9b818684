/** What one metric of an autoscaler proposes. */
import type { CrossVersionObjectReferenceV2, MetricSpec, MetricStatus, MetricTarget, MetricValueStatus, Pod } from '@t8s/api';
import { parseQuantity, Quantity } from '@t8s/meta';
import { selectorText } from '../../selector-text.ts';
import type { Measure, MetricName, MetricsClient } from './metrics-client.ts';
import { type Proposal, readyCount, replicasFor, replicasForTotal, requestsOf, type Timings } from './replica-count.ts';

export interface Scene {
  namespace: string;
  /** Text of the target's selector, and the pods it selects. */
  selector: string;
  pods: readonly Pod[];
  /** Of the target: asked for, and there. */
  replicas: { spec: number; status: number };
  now: number;
}

export interface Measured {
  replicas: number;
  /** How reasons name it. */
  name: string;
  status: MetricStatus;
}

/** A metric that can't be had; `reason` is that of the event and the condition. */
export class MetricFailure extends Error {
  override readonly name = 'MetricFailure';
  readonly reason: string;
  /** What the condition and the event say; the message says more. */
  readonly detail: string;

  constructor(reason: string, message: string, cause: Error) {
    super(message, { cause });
    this.reason = reason;
    this.detail = cause.message;
  }
}

export interface Measuring {
  metrics: MetricsClient;
  timings: Timings;
}

/** Throws MetricFailure. */
export async function measure(spec: MetricSpec, scene: Scene, measuring: Measuring): Promise<Measured> {
  if (spec.resource) return ofResource({ ...spec.resource }, 'resource', scene, measuring);
  if (spec.containerResource) return ofResource(spec.containerResource, 'containerResource', scene, measuring);
  if (spec.pods) return ofPods(spec.pods, scene, measuring);
  if (spec.object) return ofObject(spec.object, scene, measuring);
  if (spec.external) return ofExternal(spec.external, scene, measuring);
  const unknown = new Error(`unknown metric source type ${JSON.stringify(spec.type)}`);
  throw new MetricFailure('InvalidMetricSourceType', unknown.message, unknown);
}

type ResourceSource = { name: string; container?: string; target: MetricTarget };

async function ofResource(
  source: ResourceSource,
  field: 'resource' | 'containerResource',
  scene: Scene,
  measuring: Measuring,
): Promise<Measured> {
  const { name, container, target } = source;
  const isContainer = field === 'containerResource';
  const utilization = target.averageUtilization;
  const proposal = await trying(
    isContainer ? 'FailedGetContainerResourceMetric' : 'FailedGetResourceMetric',
    isContainer ? `failed to get ${container} container metric value` : `failed to get ${name} resource metric value`,
    () =>
      naming(`failed to get ${name} ${utilization === undefined ? 'usage' : 'utilization'}`, async () => {
        const measures = await naming(`unable to get metrics for resource ${name}`, () =>
          measuring.metrics.resource(scene.namespace, scene.selector, { name, ...(container !== undefined && { container }) }),
        );
        const wanted =
          utilization === undefined
            ? { value: milli(target.averageValue) }
            : { value: utilization, requests: requestsOf(scene.pods, name, container) };
        return counted(measures, wanted, name === 'cpu', scene, measuring);
      }),
  );
  const current = {
    ...(proposal.utilization !== undefined && { averageUtilization: proposal.utilization }),
    averageValue: quantity(proposal.average),
  };
  const identity = { name, ...(container !== undefined && { container }) };
  return {
    replicas: proposal.replicas,
    name:
      utilization === undefined
        ? `${name} resource`
        : `${name} ${isContainer ? 'container ' : ''}resource utilization (percentage of request)`,
    status: isContainer
      ? { type: 'ContainerResource', containerResource: { ...identity, container: container ?? '', current } }
      : { type: 'Resource', resource: { ...identity, current } },
  };
}

async function ofPods(
  { metric, target }: { metric: MetricName; target: MetricTarget },
  scene: Scene,
  measuring: Measuring,
): Promise<Measured> {
  const { replicas, average } = await trying('FailedGetPodsMetric', 'failed to get pods metric value', async () => {
    const measures = await naming(`unable to get metric ${metric.name}`, () =>
      measuring.metrics.pods(scene.namespace, scene.selector, metric),
    );
    return counted(measures, { value: milli(target.averageValue) }, false, scene, measuring);
  });
  return {
    replicas,
    name: `pods metric ${metric.name}`,
    status: { type: 'Pods', pods: { metric, current: { averageValue: quantity(average) } } },
  };
}

type ObjectSource = { describedObject: CrossVersionObjectReferenceV2; metric: MetricName; target: MetricTarget };

async function ofObject({ describedObject, metric, target }: ObjectSource, scene: Scene, measuring: Measuring): Promise<Measured> {
  const { kind, name } = describedObject;
  const isAverage = target.averageValue !== undefined;
  const value = 'failed to get object metric value';
  const failure = isAverage ? `${value}: failed to get ${metric.name} object metric` : value;
  const { replicas, current } = await trying('FailedGetObjectMetric', failure, async () => {
    const words = `unable to get metric ${metric.name}: ${kind} on ${scene.namespace} ${name}`;
    const total = await naming(words, () => measuring.metrics.object(scene.namespace, describedObject, metric));
    return shared(total, target, scene, measuring);
  });
  return {
    replicas,
    name: isAverage ? externalName(metric) : `${kind} metric ${metric.name}`,
    status: { type: 'Object', object: { describedObject, metric, current } },
  };
}

async function ofExternal(
  { metric, target }: { metric: MetricName; target: MetricTarget },
  scene: Scene,
  measuring: Measuring,
): Promise<Measured> {
  const what = target.averageValue === undefined ? `external metric ${metric.name}` : `${metric.name} external metric`;
  const failure = `failed to get ${metric.name} external metric value: failed to get ${what}`;
  const { replicas, current } = await trying('FailedGetExternalMetric', failure, async () => {
    const total = await naming(`unable to get external metric ${scene.namespace}/${metric.name}`, () =>
      measuring.metrics.external(scene.namespace, metric),
    );
    return shared(total, target, scene, measuring);
  });
  return { replicas, name: externalName(metric), status: { type: 'External', external: { metric, current } } };
}

const externalName = ({ name, selector }: MetricName): string => `external metric ${name}(${selector ? selectorText(selector) : 'nil'})`;

/** A number for all pods together: its target is for all, or for each. */
function shared(
  total: number,
  target: MetricTarget,
  { pods, replicas }: Scene,
  { timings }: Measuring,
): { replicas: number; current: MetricValueStatus } {
  if (target.averageValue !== undefined) {
    const each = milli(target.averageValue);
    const isSmall = Math.abs(1 - total / (each * replicas.status)) <= timings.tolerance;
    return {
      replicas: isSmall ? replicas.status : Math.ceil(total / each),
      current: { averageValue: quantity(replicas.status === 0 ? 0 : Math.ceil(total / replicas.status)) },
    };
  }
  const ratio = total / milli(target.value);
  return {
    replicas: replicasForTotal({ current: replicas.spec, ready: readyCount(pods), ratio }, timings.tolerance),
    current: { value: quantity(total) },
  };
}

function counted(
  measures: ReadonlyMap<string, Measure>,
  target: { value: number; requests?: ReadonlyMap<string, number> },
  isCpu: boolean,
  { pods, replicas, now }: Scene,
  { timings }: Measuring,
): Proposal {
  return replicasFor({ current: replicas.spec, pods, measures, target, isCpu, now }, timings);
}

const milli = (text: string | undefined): number => parseQuantity(text ?? '0').milliValue;
const quantity = (value: number): string => Quantity.milli(value).toString();

async function naming<T>(words: string, get: () => Promise<T>): Promise<T> {
  try {
    return await get();
  } catch (error) {
    throw new Error(`${words}: ${(error as Error).message}`, { cause: error });
  }
}

async function trying<T>(reason: string, words: string, get: () => T | Promise<T>): Promise<T> {
  try {
    return await get();
  } catch (error) {
    throw new MetricFailure(reason, `${words}: ${(error as Error).message}`, error as Error);
  }
}
