/** Rules for the metadata of every object (apimachinery's validation, v1.34). */
import {
  type FieldError,
  forbiddenField,
  invalidValue,
  isDns1123Label,
  isDns1123Subdomain,
  isLabelValue,
  isQualifiedName,
  type ManagedFieldsEntry,
  type ObjectMeta,
  type OwnerReference,
  required,
  tooLong,
} from '@t8s/meta';
import { all, each, invalidBy, labelName, nonNegative } from '../field-checks.ts';
import { semanticEqual } from '../semantic-equal.ts';

const annotationsLimit = 256 * 1024;

export function validateLabels(labels: Readonly<Record<string, string>> | undefined, path: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const key in labels) errors.push(...labelName(path, key), ...invalidBy(path, labels[key], isLabelValue(labels[key] ?? '')));
  return errors;
}

/** Keys may be in any case; all together must fit 256 KiB. */
export function validateAnnotations(annotations: Readonly<Record<string, string>> | undefined, path: string): FieldError[] {
  const errors: FieldError[] = [];
  let size = 0;
  for (const key in annotations) {
    size += Buffer.byteLength(key) + Buffer.byteLength(annotations[key] ?? '');
    errors.push(...invalidBy(path, key, isQualifiedName(key.toLowerCase())));
  }
  if (size > annotationsLimit) errors.push(tooLong(path, annotationsLimit));
  return errors;
}

/** What a kind says of its metadata. */
export interface MetaRules {
  namespaced: boolean;
  /** DNS subdomain unless said. */
  validateName?(name: string): string[];
  /** Finalizers need no domain. */
  freeFinalizers?: boolean;
}

/** Metadata of an object about to be created; the apiserver has filled in the name and namespace. */
export function validateObjectMeta(
  meta: ObjectMeta,
  { namespaced, validateName = isDns1123Subdomain, freeFinalizers = false }: MetaRules,
): FieldError[] {
  const { generateName = '', name = '', namespace = '' } = meta;
  return all(
    generateName !== '' && invalidBy('metadata.generateName', generateName, validateName(withoutTrailingDash(generateName))),
    name === '' ? [required('metadata.name', 'name or generateName is required')] : invalidBy('metadata.name', name, validateName(name)),
    validateNamespace(namespace, namespaced),
    nonNegative('metadata.generation', meta.generation),
    validateShared(meta),
    each(meta.finalizers, (finalizer) => invalidBy('metadata.finalizers', finalizer, isQualifiedName(finalizer))),
    validateDependentsFinalizers(meta.finalizers ?? []),
    validateManagedFields(meta.managedFields),
    !freeFinalizers && each(meta.finalizers, (finalizer, i) => standardFinalizer(`metadata.finalizers[${i}]`, finalizer)),
  );
}

function validateNamespace(namespace: string, namespaced: boolean): FieldError[] {
  const path = 'metadata.namespace';
  if (!namespaced) return namespace === '' ? [] : [forbiddenField(path, 'not allowed on this type')];
  return namespace === '' ? [required(path)] : invalidBy(path, namespace, isDns1123Label(namespace));
}

/** What no update changes. */
const fixed = ['name', 'namespace', 'uid', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds'] as const;

/** Metadata of an update; the apiserver has carried over what clients may leave out (uid, creationTimestamp …). */
export function validateObjectMetaUpdate(meta: ObjectMeta, old: ObjectMeta): FieldError[] {
  const added = old.deletionTimestamp === undefined ? [] : (meta.finalizers ?? []).filter((f) => !old.finalizers?.includes(f)).sort();
  return all(
    added.length > 0 && [
      forbiddenField(
        'metadata.finalizers',
        `no new finalizers can be added if the object is being deleted, found new finalizers []string{${added.map((f) => JSON.stringify(f)).join(', ')}}`,
      ),
    ],
    !meta.resourceVersion && [invalidValue('metadata.resourceVersion', meta.resourceVersion ?? '', 'must be specified for an update')],
    (meta.generation ?? 0) < (old.generation ?? 0) && [
      invalidValue('metadata.generation', meta.generation ?? 0, 'must not be decremented'),
    ],
    each(fixed, (field) => immutable(`metadata.${field}`, meta[field], old[field])),
    validateShared(meta),
    validateManagedFields(meta.managedFields),
  );
}

function validateShared(meta: ObjectMeta): FieldError[] {
  return all(
    validateLabels(meta.labels, 'metadata.labels'),
    validateAnnotations(meta.annotations, 'metadata.annotations'),
    meta.ownerReferences && validateOwnerReferences(meta.ownerReferences),
  );
}

/** A field that keeps its first value. */
export function immutable(path: string, value: unknown, old: unknown): FieldError[] {
  return semanticEqual(value, old) ? [] : [invalidValue(path, value, 'field is immutable')];
}

/** A generated name goes on after the dash, so one at the end does no harm. */
const withoutTrailingDash = (name: string): string => (name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name);

function validateOwnerReferences(references: readonly OwnerReference[]): FieldError[] {
  const path = 'metadata.ownerReferences';
  const controllers = references.filter((reference) => reference.controller === true).map(({ kind, name }) => `${kind}/${name}`);
  return all(
    each(references, (reference) =>
      all(
        !/^([^/]+\/)?[^/]+$/.test(reference.apiVersion ?? '') && [
          invalidValue(`${path}.apiVersion`, reference.apiVersion ?? '', 'version must not be empty'),
        ],
        each(['kind', 'name', 'uid'] as const, (field) =>
          reference[field] ? [] : [invalidValue(`${path}.${field}`, '', 'must not be empty')],
        ),
        reference.apiVersion === 'v1' &&
          reference.kind === 'Event' && [invalidValue(path, reference, '/v1, Kind=Event is disallowed from being an owner')],
      ),
    ),
    controllers
      .slice(1)
      .map((second) =>
        invalidValue(
          path,
          references,
          `Only one reference can have Controller set to true. Found "true" in references for ${controllers[0]} and ${second}`,
        ),
      ),
  );
}

function validateDependentsFinalizers(finalizers: readonly string[]): FieldError[] {
  if (!finalizers.includes('orphan') || !finalizers.includes('foregroundDeletion')) return [];
  return [invalidValue('metadata.finalizers', finalizers, 'finalizer orphan and foregroundDeletion cannot be both set')];
}

/** Whether it has a domain, or is one of Kubernetes' own. */
export const isStandardFinalizer = (finalizer: string): boolean =>
  finalizer.includes('/') || ['kubernetes', 'orphan', 'foregroundDeletion'].includes(finalizer);

/** A finalizer without a domain must be one of Kubernetes' own. */
export function standardFinalizer(path: string, finalizer: string): FieldError[] {
  if (isStandardFinalizer(finalizer)) return [];
  return [invalidValue(path, finalizer, 'name is neither a standard finalizer name nor is it fully qualified')];
}

function validateManagedFields(entries: readonly ManagedFieldsEntry[] | undefined): FieldError[] {
  return each(entries, ({ operation = '', fieldsType = '', manager = '', subresource = '' }, i) => {
    const path = `metadata.managedFields[${i}]`;
    return all(
      operation !== 'Apply' && operation !== 'Update' && [invalidValue(`${path}.operation`, operation, 'must be `Apply` or `Update`')],
      fieldsType !== '' && fieldsType !== 'FieldsV1' && [invalidValue(`${path}.fieldsType`, fieldsType, 'must be `FieldsV1`')],
      validateFieldManager(manager, `${path}.manager`),
      subresource.length > 256 && [tooLong(`${path}.subresource`, 256)],
    );
  });
}

/** The name under which a client writes. */
export function validateFieldManager(manager: string, path: string): FieldError[] {
  // Nearly all.
  if (manager.length <= 128 && /^[\x20-\x7e]*$/.test(manager)) return [];
  const unprintable = [...manager.matchAll(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu)];
  return [
    ...(Buffer.byteLength(manager) > 128 ? [tooLong(path, 128)] : []),
    ...unprintable.map(({ 0: char, index }) => {
      const code = (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
      const at = Buffer.byteLength(manager.slice(0, index));
      return invalidValue(path, manager, `invalid character U+${code} (at position ${at})`);
    }),
  ];
}
