/** The environment of a container, with what its references lead to where the pod alone tells. */
import type { Container, EnvFromSource, EnvVar, Pod, ResourceFieldSelector } from '@t8s/api';
import { parseQuantity } from '@t8s/meta';
import type { Description } from './description.ts';

export function describeEnvironment(to: Description, container: Container, pod: Pod | undefined): void {
  const { env = [], envFrom = [] } = container;
  if (envFrom.length > 0) to.line(2, 'Environment Variables from:');
  for (const source of envFrom) to.line(3, ...envFromCells(source));
  if (env.length === 0) {
    to.line(2, 'Environment:', '<none>');
    return;
  }
  to.line(2, 'Environment:');
  for (const variable of env) {
    const [first = [], ...rest] = valueLines(variable, container, pod);
    to.line(3, `${variable.name}:`, ...first);
    for (const cells of rest) to.line(3, '', ...cells);
  }
}

function envFromCells({ prefix, configMapRef, secretRef }: EnvFromSource): string[] {
  const from = configMapRef ? 'ConfigMap' : secretRef ? 'Secret' : '';
  const { name = '', optional = false } = configMapRef ?? secretRef ?? {};
  return [name, prefix ? `${from} with prefix '${prefix}'` : from, `Optional: ${optional}`];
}

function valueLines({ value = '', valueFrom }: EnvVar, container: Container, pod: Pod | undefined): string[][] {
  if (!valueFrom) return value.split('\n').map((line) => [line]);
  const { fieldRef, resourceFieldRef, secretKeyRef, configMapKeyRef } = valueFrom;
  if (fieldRef) return [[`${fieldValue(fieldRef.fieldPath, pod)} (${fieldRef.apiVersion ?? ''}:${fieldRef.fieldPath})`]];
  if (resourceFieldRef) return [[`${resourceValue(resourceFieldRef, container)} (${resourceFieldRef.resource})`]];
  if (secretKeyRef) {
    const { key, name = '', optional = false } = secretKeyRef;
    return [[`<set to the key '${key}' in secret '${name}'>`, `Optional: ${optional}`]];
  }
  if (configMapKeyRef) {
    const { key, name = '', optional = false } = configMapKeyRef;
    return [[`<set to the key '${key}' of config map '${name}'>`, `Optional: ${optional}`]];
  }
  return [];
}

/** kubectl follows these two paths only. */
function fieldValue(path: string, pod: Pod | undefined): string {
  if (path === 'metadata.name') return pod?.metadata.name ?? '';
  if (path === 'metadata.namespace') return pod?.metadata.namespace ?? '';
  return '';
}

/** The amount in units of the divisor, rounded up; empty for a resource that is none. */
function resourceValue({ resource, divisor = '0' }: ResourceFieldSelector, { resources }: Container): string {
  const [, list, name = ''] = /^(limits|requests)\.(cpu|memory|ephemeral-storage|hugepages-.+)$/.exec(resource) ?? [];
  if (list === undefined) return '';
  const amount = parseQuantity(resources?.[list === 'limits' ? 'limits' : 'requests']?.[name] ?? '0');
  const given = parseQuantity(divisor);
  const unit = given.isZero ? parseQuantity('1') : given;
  const count = name === 'cpu' ? amount.milliValue / unit.milliValue : amount.value / unit.value;
  if (count === 0 && list === 'limits' && (name === 'cpu' || name === 'memory')) return 'node allocatable';
  return String(Math.ceil(count));
}
