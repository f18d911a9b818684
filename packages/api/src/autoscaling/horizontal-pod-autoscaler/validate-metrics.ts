/** What autoscaling goes by: each metric has one source, of the type it says, with a target. */
import { type FieldError, forbiddenField, invalidValue, isDns1123Label, notSupported, parseQuantity, required } from '@t8s/meta';
import { invalidBy } from '../../field-checks.ts';
import type { MetricSpec, MetricTarget } from '../../generated/types.ts';
import { validateContainerResourceName } from '../../resource-names.ts';
import { pathSegment, type VersionRule, validateReference } from './validate-reference.ts';

/** By type, in the order upstream looks at them. */
const sources = {
  Object: 'object',
  External: 'external',
  Pods: 'pods',
  Resource: 'resource',
  ContainerResource: 'containerResource',
} as const;
type Source = (typeof sources)[keyof typeof sources];

interface MetricRules {
  minReplicas: number | undefined;
  /** Of the objects that metrics describe. */
  version: VersionRule;
}

export function validateMetrics(metrics: readonly MetricSpec[], { minReplicas, version }: MetricRules): FieldError[] {
  const path = 'spec.metrics';
  const hasOutside = metrics.some(({ type }) => type === 'Object' || type === 'External');
  return [
    ...metrics.flatMap((metric, i) => validateMetric(metric, { version, path: `${path}[${i}]` })),
    ...(minReplicas === 0 && !hasOutside
      ? [forbiddenField(path, 'must specify at least one Object or External metric to support scaling to zero replicas')]
      : []),
  ];
}

interface Place {
  version: VersionRule;
  path: string;
}

function validateMetric(metric: MetricSpec, { version, path }: Place): FieldError[] {
  const errors: FieldError[] = [];
  const expected = Object.hasOwn(sources, metric.type) ? sources[metric.type as keyof typeof sources] : undefined;
  const present = Object.values(sources).filter((source) => metric[source] !== undefined);
  if (metric.type === '') errors.push(required(`${path}.type`, 'must specify a metric source type'));
  if (!expected) errors.push(notSupported(`${path}.type`, metric.type, Object.keys(sources)));
  if (present[0]) errors.push(...validateSource(metric, present[0], { version, path: `${path}.${present[0]}` }));
  if (expected && metric[expected] === undefined)
    errors.push(required(`${path}.${expected}`, 'must populate information for the given metric source'));
  if (present.length > 1)
    for (const source of present)
      if (source !== expected) errors.push(forbiddenField(`${path}.${source}`, 'must populate the given metric source only'));
  return errors;
}

function validateSource(metric: MetricSpec, source: Source, { version, path }: Place): FieldError[] {
  const { object, external, pods, resource, containerResource: container } = metric;
  const averageValue = `${path}.target.averageValue`;
  if (source === 'object' && object)
    return [
      ...validateReference(object.describedObject, { version, path: `${path}.describedObject` }),
      ...validateNamed(object, path),
      ...(hasNone(object.target, 'value', 'averageValue')
        ? [required(averageValue, 'must set either a target value or averageValue')]
        : []),
    ];
  if (source === 'external' && external)
    return [
      ...validateNamed(external, path),
      ...(hasNone(external.target, 'value', 'averageValue')
        ? [required(averageValue, 'must set either a target value for metric or a per-pod target')]
        : []),
      ...(external.target.value !== undefined && external.target.averageValue !== undefined
        ? [forbiddenField(`${path}.target.value`, 'may not set both a target value for metric and a per-pod target')]
        : []),
    ];
  if (source === 'pods' && pods)
    return [
      ...validateNamed(pods, path),
      ...(pods.target.averageValue === undefined ? [required(averageValue, 'must specify a positive target averageValue')] : []),
    ];
  if (source === 'containerResource' && container)
    return [
      ...(container.name
        ? validateContainerResourceName(container.name, `${path}.name`)
        : [required(`${path}.name`, 'must specify a resource name')]),
      ...(container.container
        ? invalidBy(`${path}.container`, container.container, isDns1123Label(container.container))
        : [required(`${path}.container`, 'must specify a container')]),
      ...validateUse(container.target, `${path}.target`),
    ];
  if (!resource) return [];
  return [
    ...(resource.name ? [] : [required(`${path}.name`, 'must specify a resource name')]),
    ...validateUse(resource.target, `${path}.target`),
  ];
}

const hasNone = (target: MetricTarget, ...fields: (keyof MetricTarget)[]): boolean => fields.every((field) => target[field] === undefined);

function validateNamed({ metric, target }: { metric: { name: string }; target: MetricTarget }, path: string): FieldError[] {
  return [...pathSegment(`${path}.metric.name`, metric.name, 'must specify a metric name'), ...validateTarget(target, `${path}.target`)];
}

/** A target for the use of a resource: an amount, or a share of what is requested. */
function validateUse(target: MetricTarget, path: string): FieldError[] {
  const both = target.averageUtilization !== undefined && target.averageValue !== undefined;
  return [
    ...validateTarget(target, path),
    ...(hasNone(target, 'averageUtilization', 'averageValue')
      ? [required(`${path}.averageUtilization`, 'must set either a target raw value or a target utilization')]
      : []),
    ...(both ? [forbiddenField(`${path}.averageValue`, 'may not set both a target raw value and a target utilization')] : []),
  ];
}

function validateTarget({ type, value, averageValue, averageUtilization: utilization }: MetricTarget, path: string): FieldError[] {
  return [
    ...(type === '' ? [required(`${path}.type`, 'must specify a metric target type')] : []),
    ...(['Utilization', 'Value', 'AverageValue'].includes(type)
      ? []
      : [invalidValue(`${path}.type`, type, 'must be either Utilization, Value, or AverageValue')]),
    ...positive(`${path}.value`, value),
    ...positive(`${path}.averageValue`, averageValue),
    ...(utilization !== undefined && utilization < 1
      ? [invalidValue(`${path}.averageUtilization`, utilization, 'must be greater than 0')]
      : []),
  ];
}

function positive(path: string, amount: string | undefined): FieldError[] {
  return amount === undefined || parseQuantity(amount).nano > 0n ? [] : [invalidValue(path, amount, 'must be positive')];
}
