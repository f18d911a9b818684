/** A container's environment, command and arguments. */
import type { ConfigMap, Container, EnvVarSource, Pod, Secret, Service } from '@t8s/api';
import { isStatus } from '@t8s/meta';
import { expand } from './expand.ts';
import { fieldValue, type PodAddresses } from './field-ref.ts';
import { containerNamed, resourceValue } from './resource-ref.ts';
import { serviceVariables } from './service-env.ts';

/** Objects that pods refer to; `get` rejects with a NotFound StatusError. */
export interface ReferencedObjects {
  configMap(namespace: string, name: string): Promise<ConfigMap>;
  secret(namespace: string, name: string): Promise<Secret>;
}

export interface EnvironmentOptions {
  pod: Pod;
  container: Container;
  addresses: PodAddresses;
  services: readonly Service[];
  objects: ReferencedObjects;
  /** The node's allocatable resources: limits where a container has none. */
  allocatable: Record<string, string>;
}

export interface ContainerCommand {
  command: string[];
  args: string[];
  env: { key: string; value: string }[];
}

/** Throws with upstream's words for what is missing (shown as CreateContainerConfigError). */
export async function containerCommand(options: EnvironmentOptions): Promise<ContainerCommand> {
  const env = await environment(options);
  const lookup = (name: string): string | undefined => env.get(name);
  const { container } = options;
  return {
    command: (container.command ?? []).map((word) => expand(word, lookup)),
    args: (container.args ?? []).map((word) => expand(word, lookup)),
    env: [...env].map(([key, value]) => ({ key, value })),
  };
}

/** envFrom first, then env in its order; each may use what stands before it. Service variables are the weakest. */
async function environment(options: EnvironmentOptions): Promise<Map<string, string>> {
  const { pod, container, services } = options;
  const own = new Map<string, string>();
  for (const source of container.envFrom ?? []) for (const [key, value] of await fromSource(source, options)) own.set(key, value);
  const links = serviceVariables(services, pod.metadata.namespace ?? '', pod.spec.enableServiceLinks !== false);
  for (const { name, value, valueFrom } of container.env ?? []) {
    if (valueFrom) {
      const found = await fromReference(valueFrom, options);
      if (found !== undefined) own.set(name, found);
    } else {
      own.set(
        name,
        expand(value ?? '', (other) => own.get(other) ?? links.get(other)),
      );
    }
  }
  return new Map([...own, ...[...links].filter(([key]) => !own.has(key))]);
}

type EnvFrom = NonNullable<Container['envFrom']>[number];

async function fromSource(
  { prefix = '', configMapRef, secretRef }: EnvFrom,
  { pod, objects }: EnvironmentOptions,
): Promise<[string, string][]> {
  const namespace = pod.metadata.namespace ?? '';
  const data = configMapRef
    ? (await unlessOptional(objects.configMap(namespace, configMapRef.name ?? ''), configMapRef.optional))?.data
    : decoded((await unlessOptional(objects.secret(namespace, secretRef?.name ?? ''), secretRef?.optional))?.data);
  return Object.entries(data ?? {}).map(([key, value]) => [prefix + key, value]);
}

async function fromReference(source: EnvVarSource, options: EnvironmentOptions): Promise<string | undefined> {
  const { pod, container, objects, allocatable, addresses } = options;
  const namespace = pod.metadata.namespace ?? '';
  if (source.fieldRef) return fieldValue(pod, source.fieldRef.fieldPath, addresses);
  if (source.resourceFieldRef) {
    const named = source.resourceFieldRef.containerName;
    return resourceValue(named ? containerNamed(pod, named) : container, source.resourceFieldRef, allocatable);
  }
  const { configMapKeyRef, secretKeyRef } = source;
  const ref = configMapKeyRef ?? secretKeyRef;
  if (!ref) throw new Error('a variable has no source that this kubelet knows');
  const name = ref.name ?? '';
  const data = configMapKeyRef
    ? (await unlessOptional(objects.configMap(namespace, name), ref.optional))?.data
    : decoded((await unlessOptional(objects.secret(namespace, name), ref.optional))?.data);
  const value = data?.[ref.key];
  if (value === undefined && !ref.optional)
    throw new Error(`couldn't find key ${ref.key} in ${configMapKeyRef ? 'ConfigMap' : 'Secret'} ${namespace}/${name}`);
  return value;
}

async function unlessOptional<T>(object: Promise<T>, optional = false): Promise<T | undefined> {
  try {
    return await object;
  } catch (error) {
    if (optional && isStatus(error, 'NotFound')) return undefined;
    throw error;
  }
}

function decoded(data: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]));
}
