/**
 * The second half of a write's way, for creates and updates alike: defaults → mutating admission → strategy → validation.
 * Storage follows. Runs again on every try of an update, each time on a fresh copy.
 */
import { partialUpdate, validateObjectMeta, validateObjectMetaUpdate } from '@t8s/api';
import { formatTime, invalid, type KubeObject } from '@t8s/meta';
import type { AdmissionPlugin } from './admission/plugin.ts';
import type { ResourceContext, ServedResource } from './context.ts';

export interface Write {
  context: ResourceContext;
  resource: ServedResource;
  object: KubeObject;
  /** Undefined on a create. */
  old: KubeObject | undefined;
  /** `status` and the like; '' for the object itself. */
  subresource: string;
  dryRun: boolean;
}

/** Brings `write.object` into the form that is stored. Throws what stands against it. */
export async function prepareWrite(write: Write, plugins: readonly AdmissionPlugin[]): Promise<void> {
  const { kind } = write.resource;
  kind.strategy.defaults?.(write.object);
  for (const plugin of plugins) await plugin.mutate?.(write);
  kind.strategy.defaults?.(write.object);
  if (write.old === undefined) prepareCreate(write.object, write);
  else prepareUpdate(write.object, write.old, write);
  validate(write);
  for (const plugin of plugins) await plugin.validate?.(write);
  write.context.warnings.push(...(kind.strategy.warnings?.(write.object, write.old) ?? []));
}

function prepareCreate(object: KubeObject, { resource }: Write): void {
  const { metadata } = object;
  metadata.uid = crypto.randomUUID();
  metadata.creationTimestamp = formatTime(Date.now());
  for (const field of ['resourceVersion', 'deletionTimestamp', 'deletionGracePeriodSeconds', 'selfLink', 'generation'] as const)
    delete metadata[field];
  resource.kind.strategy.prepareForCreate?.(object);
}

/** What no update changes is carried over, so that clients may leave it out. */
function prepareUpdate(object: KubeObject, old: KubeObject, { resource, subresource }: Write): void {
  const { kind } = resource;
  const { metadata } = object;
  metadata.uid ??= old.metadata.uid;
  metadata.creationTimestamp = old.metadata.creationTimestamp;
  for (const field of ['deletionTimestamp', 'deletionGracePeriodSeconds', 'generation', 'selfLink'] as const)
    carryOver(metadata, old.metadata, field);
  if (subresource === 'status') keepAllButStatus(object, old, kind.subresources?.status?.prepare);
  else if (subresource === '') kind.strategy.prepareForUpdate?.(object, old);
  else partialUpdate(kind, subresource)?.prepare(object, old);
}

function carryOver<K extends 'deletionTimestamp' | 'deletionGracePeriodSeconds' | 'generation' | 'selfLink'>(
  metadata: KubeObject['metadata'],
  old: KubeObject['metadata'],
  field: K,
): void {
  if (old[field] === undefined) delete metadata[field];
  else metadata[field] = old[field];
}

/** A status update changes the status; of the metadata what its writers may: annotations, finalizers, owners. */
function keepAllButStatus(object: KubeObject, old: KubeObject, prepare: ((object: KubeObject, old: KubeObject) => void) | undefined): void {
  const { status, metadata } = object as KubeObject & { status?: unknown };
  const { status: _, ...kept } = old as KubeObject & { status?: unknown };
  for (const key of Object.keys(object))
    if (key !== 'metadata' && key !== 'status') delete (object as unknown as Record<string, unknown>)[key];
  Object.assign(object, structuredClone(kept), { metadata: { ...metadata, labels: old.metadata.labels } });
  if (old.metadata.labels === undefined) delete object.metadata.labels;
  if (status !== undefined) (object as { status?: unknown }).status = status;
  prepare?.(object, old);
}

function validate({ resource: { kind }, object, old, subresource }: Write): void {
  const { strategy } = kind;
  const meta = { namespaced: kind.namespaced, ...(strategy.validateName && { validateName: strategy.validateName }) };
  const errors = old === undefined ? validateObjectMeta(object.metadata, meta) : validateObjectMetaUpdate(object.metadata, old.metadata);
  const partial = partialUpdate(kind, subresource);
  if (old !== undefined && subresource === 'status') errors.push(...(kind.subresources?.status?.validate?.(object, old) ?? []));
  else if (old !== undefined && partial) errors.push(...partial.validate(object, old));
  else
    errors.push(
      ...(strategy.validate?.(object) ?? []),
      ...(old === undefined ? (strategy.validateCreate?.(object) ?? []) : (strategy.validateUpdate?.(object, old) ?? [])),
    );
  if (errors.length > 0) throw invalid(kind, object.metadata.name ?? '', errors);
}
