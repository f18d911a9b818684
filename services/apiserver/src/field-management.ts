/**
 * Who manages which fields (KEP-555): what the write chain asks of the codec's field managers. An apply has settled it before it
 * comes here, other writes are compared with what was stored.
 */
import { type Kind, kinds, schema } from '@t8s/api';
import { emptySet, equalValues, type FieldSet, fieldElement, type Managed, mergeType, setOf, trackUpdate } from '@t8s/codec';
import { formatApiVersion, isStatus, type KubeObject, type ManagedFieldsEntry } from '@t8s/meta';
import type { ServedResource } from './context.ts';
import { type StoredForm, withConversions } from './registry/stored-form.ts';
import type { Write } from './write-chain.ts';

/** Who makes a write: a named updater; one whose apply has said already what it manages; or nobody, for the system's own. */
export type FieldManagement = { as: 'updater'; name: string } | { as: 'applier' } | { as: 'nobody' };

const known = new WeakMap<Kind, Map<string, Managed>>();

/** How writes of a resource, or of a sub-resource, are managed. */
export function managedOf({ kind, form }: ServedResource, subresource: string): Managed {
  const ofKind = known.get(kind) ?? new Map<string, Managed>();
  known.set(kind, ofKind);
  const found = ofKind.get(subresource);
  if (found) return found;
  const { group, version } = kind;
  const managed: Managed = {
    group,
    version,
    kind: kind.kind,
    type: mergeType(kind.schema),
    subresource,
    resetFields: resetFields(kind, subresource),
    convert: (object, apiVersion) => (form ? inForm(form, object, apiVersion) : inVersion(kind, object, apiVersion)),
  };
  ofKind.set(subresource, managed);
  return managed;
}

/** `/status` writes nothing else, but for some metadata; other writes no status. */
function resetFields(kind: Kind, subresource: string): FieldSet {
  const status = kind.subresources?.status;
  if (!status) return emptySet;
  if (subresource !== 'status') return setOf([fieldElement('status')]);
  const written = new Set(['apiVersion', 'kind', 'metadata', 'status']);
  // Schemas of custom resources need not name it.
  const others = ['spec', ...Object.keys(schema[kind.schema]?.fields ?? {})].filter((name) => !written.has(name));
  const kept = status.keeps?.map((name) => [fieldElement('metadata'), fieldElement(name)]) ?? [];
  return setOf(...kept, ...others.map((name) => [fieldElement(name)]));
}

function inForm(form: StoredForm, object: KubeObject, apiVersion: string): ReturnType<NonNullable<Managed['convert']>> {
  const found = form.inVersion(object, apiVersion);
  return found && { object: found.object, type: mergeType(found.kind.schema) };
}

/** An object as another kind with the same storage spells it (events of both groups). */
function inVersion(kind: Kind, object: KubeObject, apiVersion: string): ReturnType<NonNullable<Managed['convert']>> {
  const target = kinds.find((other) => storageOf(other) === storageOf(kind) && formatApiVersion(other) === apiVersion);
  if (!target) return undefined;
  const type = mergeType(target.schema);
  const own = kinds.find((other) => storageOf(other) === storageOf(kind) && formatApiVersion(other) === object.apiVersion) ?? kind;
  if (own === target) return { object, type };
  const stored = own.alias?.toStorage(object) ?? object;
  return { object: target.alias?.fromStorage(stored) ?? stored, type };
}

const storageOf = ({ group, resource, alias }: Kind): string => (alias ? `${alias.of.group}/${alias.of.resource}` : `${group}/${resource}`);

/** Brings `metadata.managedFields` of what is about to be written up to date; at once, but for resources whose conversions take time. */
export function manageFields({ object, old, resource, subresource, management }: Write): Promise<void> | undefined {
  if (management.as === 'updater') {
    const managed = managedOf(resource, subresource);
    const track = (): void => trackUpdate({ managed, live: old, next: object, manager: management.name, now: Date.now() });
    if (resource.form) return withConversions(track);
    track();
  } else if (management.as === 'nobody') {
    setEntries(object, old?.metadata.managedFields);
  }
  return undefined;
}

/**
 * What is too large for the store is written once more without who manages it, which may be much of it; but not what is applied,
 * which would be nobody's then.
 */
export async function lightenTooLarge<T>(management: FieldManagement, write: (isLight: boolean) => Promise<T>): Promise<T> {
  try {
    return await write(false);
  } catch (error) {
    if (management.as !== 'updater' || !isStatus(error, 'RequestEntityTooLarge')) throw error;
    return write(true);
  }
}

/** Takes back new times where nothing but they would change: such a write is none. */
export function keepTimes(object: KubeObject, old: KubeObject): void {
  const before = old.metadata.managedFields;
  const after = object.metadata.managedFields;
  if (!before || !after || before === after || before.length !== after.length) return;
  if (after.every(({ time }, i) => time === before[i]?.time)) return;
  if (!after.every((entry, i) => equalValues({ ...entry, time: '' }, { ...before[i], time: '' }))) return;
  setEntries(object, before);
  if (!equalValues(object, old)) setEntries(object, after);
}

function setEntries({ metadata }: KubeObject, entries: ManagedFieldsEntry[] | undefined): void {
  if (entries) metadata.managedFields = entries;
  else delete metadata.managedFields;
}

const maxName = 128;

/** The name of an updater that gives none: its program's, as User-Agent has it before the first slash, as far as it can be printed. */
export function nameFromUserAgent(userAgent = ''): string {
  const [program = ''] = userAgent.split('/', 1);
  // Nearly all.
  if (program.length <= maxName && /^[\x20-\x7e]*$/.test(program)) return program;
  let name = '';
  for (const char of program.replace(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, '')) {
    if (Buffer.byteLength(name) + Buffer.byteLength(char) > maxName) break;
    name += char;
  }
  return name;
}
