/**
 * The second half of a write's way, for creates and updates alike: defaults → field managers → mutating admission → strategy →
 * validation.
 * Storage follows. Runs again on every try of an update, each time on a fresh copy.
 */
import { type Kind, keepFields, kindKey, type Requester, type StatusUpdate, validateObjectMeta, validateObjectMetaUpdate } from '@t8s/api';
import { type FieldError, formatTime, invalid, type KubeObject, type ObjectMeta, StatusError } from '@t8s/meta';
import { expressionRules } from './admission/expressions/validate.ts';
import type { AdmissionPlugin, AdmissionView } from './admission/plugin.ts';
import type { ResourceContext, ServedResource } from './context.ts';
import { nameFrom } from './endpoints/generate-name.ts';
import { type FieldManagement, keepTimes, manageFields } from './field-management.ts';
import { dedupeOwners } from './owner-references.ts';

export interface Write {
  context: ResourceContext;
  resource: ServedResource;
  object: KubeObject;
  /** Undefined on a create. */
  old: KubeObject | undefined;
  /** `status` and the like; '' for the object itself. */
  subresource: string;
  rules: WriteRules;
  management: FieldManagement;
  dryRun: boolean;
  /** How admission sees it, where that is not the object itself. */
  view?: AdmissionView;
  /** How to give back what was claimed elsewhere for this write, should it come to nothing. */
  claims: (() => Promise<void>)[];
  /** Set by a plugin whose change is to be shown to those that have seen the object before: all mutate once more. */
  mutateAgain?: boolean;
  /** The name is the server's, which the request did not know of. */
  isNameGenerated?: boolean;
}

/** What differs between writes of an object and of its sub-resources. `old` is undefined on a create. */
export interface WriteRules {
  /** Drops what this write may not set, and keeps what it may not change. */
  prepare?(object: KubeObject, old: KubeObject | undefined, by: Requester): void;
  validate?(object: KubeObject, old: KubeObject | undefined): FieldError[];
  warnings?(object: KubeObject, old: KubeObject | undefined): string[];
}

/** Brings `write.object` into the form that is stored. Throws what stands against it. */
export async function prepareWrite(write: Write, plugins: readonly AdmissionPlugin[]): Promise<void> {
  const { old, rules, resource, context } = write;
  const { strategy } = resource.kind;
  strategy.defaults?.(write.object);
  if (context.info.verb !== 'patch') dedupeOwners(write.object, context.warnings, { isAdmitted: false });
  // Managers are told of what the client set, not of what admission does to it.
  const managing = write.subresource === '' ? manageFields(write) : undefined;
  if (managing) await managing;
  await mutate(write, plugins);
  if (write.mutateAgain) await mutate(write, plugins);
  // Webhooks may have put another object in its place.
  const { object } = write;
  dedupeOwners(object, context.warnings, { isAdmitted: true });
  strategy.defaults?.(object);
  if (old === undefined) nameAndFill(write);
  else carryOverMetadata(object.metadata, old.metadata);
  rules.prepare?.(object, old, context.user);
  // Of a sub-resource only what it may change counts.
  const managingPart = write.subresource === '' ? undefined : manageFields(write);
  if (managingPart) await managingPart;
  validate(write);
  for (const plugin of plugins) {
    const pending = plugin.validate?.(write);
    if (pending) await pending;
  }
  context.warnings.push(...(rules.warnings?.(object, old) ?? []));
  if (old) keepTimes(object, old);
}

/** Gives back what was claimed for a write that surely came to nothing; what may have been written is left for repair to look at. */
export async function giveBack(claims: Write['claims'], error?: unknown): Promise<void> {
  if (error !== undefined && !(error instanceof StatusError && error.code < 500)) return;
  for (const release of claims.splice(0)) await release();
}

async function mutate(write: Write, plugins: readonly AdmissionPlugin[]): Promise<void> {
  for (const plugin of plugins) {
    const pending = plugin.mutate?.(write);
    if (pending) await pending;
  }
}

/** A name that the server makes is made when nothing changes the object any more, as upstream's storage does. */
function nameAndFill(write: Write): void {
  const { metadata } = write.object;
  if (!metadata.name && metadata.generateName) {
    metadata.name = nameFrom(metadata.generateName);
    write.isNameGenerated = true;
  }
  fillMetadata(metadata);
}

function fillMetadata(metadata: ObjectMeta): void {
  metadata.uid = crypto.randomUUID();
  metadata.creationTimestamp = formatTime(Date.now());
  for (const field of [...deletionFields, 'selfLink', 'generation'] as const) delete metadata[field];
}

/** What no update changes is carried over, so that clients may leave it out. */
function carryOverMetadata(metadata: ObjectMeta, old: ObjectMeta): void {
  metadata.uid ??= old.uid;
  metadata.creationTimestamp ??= old.creationTimestamp;
  for (const field of [...deletionFields, 'generation'] as const) {
    if (old[field] === undefined) delete metadata[field];
    else Object.assign(metadata, { [field]: old[field] });
  }
  delete metadata.selfLink;
}

const deletionFields = ['deletionTimestamp', 'deletionGracePeriodSeconds'] as const;

function validate({ resource: { kind }, object, old, rules }: Write): void {
  const { validateName, freeFinalizers = false } = kind.strategy;
  const errors = [
    ...(old === undefined
      ? validateObjectMeta(object.metadata, { namespaced: kind.namespaced, freeFinalizers, ...(validateName && { validateName }) })
      : validateObjectMetaUpdate(object.metadata, old.metadata)),
    ...(rules.validate?.(object, old) ?? []),
  ];
  if (errors.length > 0) throw invalid(kind, object.metadata.name ?? '', errors);
}

/** The rules of the object itself. */
export const objectRules = (kind: Kind, { strategy } = kind): WriteRules => ({
  prepare: (object, old, by) => (old ? strategy.prepareForUpdate?.(object, old) : strategy.prepareForCreate?.(object, by)),
  validate: (object, old) => [
    ...(strategy.validate?.(object) ?? []),
    ...((old ? strategy.validateUpdate?.(object, old) : strategy.validateCreate?.(object)) ?? []),
    ...(expressionRules[kindKey(kind)]?.(object, old) ?? []),
  ],
  warnings: (object, old) => strategy.warnings?.(object, old) ?? [],
});

/** The rules of `/status`: all but the status and metadata stays as it is, and of metadata what the kind says. */
export const statusRules = ({ keeps = [], prepare, validate }: StatusUpdate<KubeObject>): WriteRules => ({
  prepare(object, old = object) {
    keepAllBut('status', object, old);
    keepFields(object.metadata, old.metadata, keeps);
    prepare?.(object, old);
  },
  validate: (object, old = object) => validate?.(object, old) ?? [],
});

/** Makes `object` the old one but for its metadata and the field that this write is about. */
export function keepAllBut(field: string, object: KubeObject, old: KubeObject): void {
  const target = object as unknown as Record<string, unknown>;
  const source = old as unknown as Record<string, unknown>;
  for (const name of new Set([...Object.keys(target), ...Object.keys(source)])) {
    if (name === 'metadata' || name === field) continue;
    if (source[name] === undefined) delete target[name];
    else target[name] = source[name];
  }
}
