/** The files of configMap, secret, downwardAPI and projected volumes. */
import type {
  ConfigMap,
  DownwardAPIVolumeFile,
  KeyToPath,
  Pod,
  Secret,
  ServiceAccountTokenProjection,
  Volume,
  VolumeProjection,
} from '@t8s/api';
import { isStatus } from '@t8s/meta';
import type { ReferencedObjects } from '../env/environment.ts';
import { fieldValue, type PodAddresses } from '../env/field-ref.ts';
import { containerNamed, resourceValue } from '../env/resource-ref.ts';
import type { Payload, PayloadFile } from './atomic-writer.ts';

export interface PayloadSources {
  objects: ReferencedObjects;
  /** A token of the pod's service account, renewed in time. */
  token(pod: Pod, projection: ServiceAccountTokenProjection): Promise<string>;
  addresses(pod: Pod): PodAddresses;
  allocatable(): Record<string, string>;
}

type Files = [string, PayloadFile][];

interface Source {
  pod: Pod;
  sources: PayloadSources;
  mode: number;
}

const defaultMode = 0o644;

/** The files a volume shows; undefined for volumes of other types. Throws with upstream's words for what is missing. */
export async function volumePayload(pod: Pod, volume: Volume, sources: PayloadSources): Promise<Payload | undefined> {
  const { configMap, secret, downwardAPI, projected } = volume;
  const source = (mode: number | undefined): Source => ({ pod, sources, mode: mode ?? defaultMode });
  if (configMap) return new Map(await configMapFiles(source(configMap.defaultMode), configMap));
  if (secret)
    return new Map(
      await secretFiles(source(secret.defaultMode), { ...secret, ...(secret.secretName !== undefined && { name: secret.secretName }) }),
    );
  if (downwardAPI) return new Map(downwardFiles(source(downwardAPI.defaultMode), downwardAPI.items));
  if (!projected) return undefined;
  const parts = await Promise.all((projected.sources ?? []).map((part) => projectedFiles(source(projected.defaultMode), part)));
  return new Map(parts.flat());
}

async function projectedFiles(source: Source, part: VolumeProjection): Promise<Files> {
  if (part.configMap) return configMapFiles(source, part.configMap);
  if (part.secret) return secretFiles(source, part.secret);
  if (part.downwardAPI) return downwardFiles(source, part.downwardAPI.items);
  if (part.serviceAccountToken) {
    const token = await source.sources.token(source.pod, part.serviceAccountToken);
    return [[part.serviceAccountToken.path, { data: Buffer.from(token), mode: tokenMode(source) }]];
  }
  throw new Error(`projected volume source ${Object.keys(part).join(', ')} is not supported by this kubelet`);
}

/** Tokens are for root alone, or for the pod's group or one user where it says so. */
function tokenMode({ pod, mode }: Source): number {
  const { securityContext, containers } = pod.spec;
  if (securityContext?.fsGroup !== undefined) return 0o640;
  const users = new Set(containers.map((c) => c.securityContext?.runAsUser ?? securityContext?.runAsUser));
  return users.size === 1 && !users.has(undefined) ? 0o600 : mode;
}

interface Reference {
  name?: string;
  optional?: boolean;
  items?: KeyToPath[];
}

async function configMapFiles({ pod, sources, mode }: Source, ref: Reference): Promise<Files> {
  const namespace = pod.metadata.namespace ?? '';
  const map = await unlessOptional<ConfigMap>(sources.objects.configMap(namespace, ref.name ?? ''), ref.optional);
  const text = Object.entries(map?.data ?? {}).map(([key, value]): [string, Buffer] => [key, Buffer.from(value)]);
  const binary = Object.entries(map?.binaryData ?? {}).map(([key, value]): [string, Buffer] => [key, Buffer.from(value, 'base64')]);
  return pick(new Map([...text, ...binary]), ref, mode);
}

async function secretFiles({ pod, sources, mode }: Source, ref: Reference): Promise<Files> {
  const secret = await unlessOptional<Secret>(sources.objects.secret(pod.metadata.namespace ?? '', ref.name ?? ''), ref.optional);
  const data = Object.entries(secret?.data ?? {}).map(([key, value]): [string, Buffer] => [key, Buffer.from(value, 'base64')]);
  return pick(new Map(data), ref, mode);
}

function pick(data: ReadonlyMap<string, Buffer>, { items, optional = false }: Reference, mode: number): Files {
  if (!items) return [...data].map(([key, value]) => [key, { data: value, mode }]);
  return items.flatMap((item): Files => {
    const value = data.get(item.key);
    if (value) return [[item.path, { data: value, mode: item.mode ?? mode }]];
    if (optional) return [];
    throw new Error(`references non-existent config key: ${item.key}`);
  });
}

function downwardFiles({ pod, sources, mode }: Source, items: readonly DownwardAPIVolumeFile[] = []): Files {
  return items.map(({ path, fieldRef, resourceFieldRef, mode: own }) => {
    const text = fieldRef
      ? fieldValue(pod, fieldRef.fieldPath, sources.addresses(pod))
      : resourceFieldRef
        ? resourceValue(containerNamed(pod, resourceFieldRef.containerName), resourceFieldRef, sources.allocatable())
        : '';
    return [path, { data: Buffer.from(text), mode: own ?? mode }];
  });
}

async function unlessOptional<T>(object: Promise<T>, optional = false): Promise<T | undefined> {
  try {
    return await object;
  } catch (error) {
    if (optional && isStatus(error, 'NotFound')) return undefined;
    throw error;
  }
}
