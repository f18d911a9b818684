/** core's ValidatePersistentVolume (v1.34). */
import { type FieldError, forbiddenField, invalidValue, isDns1123Subdomain, notSupported, parseQuantity, required } from '@t8s/meta';
import { describeDifference } from '../../difference.ts';
import { invalidBy, optionalOneOf } from '../../field-checks.ts';
import type { PersistentVolume, PersistentVolumeSpec, VolumeNodeAffinity } from '../../generated/types.ts';
import { immutable } from '../../object-meta/validate.ts';
import { semanticEqual } from '../../semantic-equal.ts';
import { labelSuccessor } from '../node/deprecated-labels.ts';
import { validateNodeSelector } from '../pod/validate-affinity.ts';
import { validateAccessModes } from './access-modes.ts';
import { validateSource, volumeSource } from './validate-sources.ts';

export function validatePersistentVolume({ metadata, spec }: PersistentVolume): FieldError[] {
  return [...validateVolumeSpec(spec, metadata.name ?? '', 'spec'), ...validateMountOptions({ metadata, spec })];
}

export function validateVolumeSpec(spec: PersistentVolumeSpec, name: string, path: string): FieldError[] {
  const { persistentVolumeReclaimPolicy: policy, storageClassName: className, nodeAffinity } = spec;
  return [
    ...validateAccessModes(spec.accessModes ?? [], `${path}.accessModes`),
    ...validateCapacity(spec.capacity, `${path}.capacity`),
    ...(policy ? optionalOneOf(`${path}.persistentVolumeReclaimPolicy`, policy, ['Delete', 'Recycle', 'Retain']) : []),
    ...(nodeAffinity ? validateAffinity(nodeAffinity, `${path}.nodeAffinity`) : []),
    ...validateSource(spec, name, path),
    ...validateRecycling(spec, path),
    ...(className ? invalidBy(`${path}.storageClassName`, className, isDns1123Subdomain(className)) : []),
    ...optionalOneOf(`${path}.volumeMode`, spec.volumeMode, ['Block', 'Filesystem']),
    ...validateAttributesClass(spec, path),
  ];
}

/** A volume that a VolumeAttachment spells out: a CSI volume without what ties it to claims. */
export function validateInlineVolume(spec: PersistentVolumeSpec, path: string): FieldError[] {
  const context = 'in the context of inline volumes';
  const may = (field: keyof PersistentVolumeSpec, rule: string): FieldError => forbiddenField(`${path}.${field}`, `${rule} ${context}`);
  const given = (field: keyof PersistentVolumeSpec): FieldError[] => (spec[field] ? [may(field, 'may not be specified')] : []);
  const { persistentVolumeReclaimPolicy: policy, volumeMode } = spec;
  return [
    ...given('claimRef'),
    ...(Object.keys(spec.capacity ?? {}).length > 0 ? given('capacity') : []),
    ...(spec.csi ? [] : [required(`${path}.csi`, `has to be specified ${context}`)]),
    ...validateAccessModes(spec.accessModes ?? [], `${path}.accessModes`),
    ...(policy && policy !== 'Retain' ? [may('persistentVolumeReclaimPolicy', 'may only be Retain')] : []),
    ...given('nodeAffinity'),
    ...validateSource(spec, '', path),
    ...validateRecycling(spec, path),
    ...given('storageClassName'),
    ...(volumeMode !== undefined && volumeMode !== 'Filesystem'
      ? [may('volumeMode', 'may not specify volumeMode other than Filesystem')]
      : []),
    ...validateAttributesClass(spec, path),
  ];
}

function validateCapacity(capacity: Readonly<Record<string, string>> = {}, path: string): FieldError[] {
  const amounts = Object.entries(capacity);
  return [
    ...(amounts.length === 0 ? [required(path)] : []),
    ...(capacity['storage'] === undefined || amounts.length > 1
      ? [notSupported(path, amounts.length === 0 ? null : capacity, ['storage'])]
      : []),
    ...amounts.flatMap(([name, text]) => {
      const quantity = parseQuantity(text);
      return [
        ...(quantity.value < 0 ? [invalidValue(`${path}[${name}]`, quantity.value, 'must be a valid resource quantity')] : []),
        ...(quantity.nano <= 0n ? [invalidValue(`${path}[${name}]`, text, 'must be greater than zero')] : []),
      ];
    }),
  ];
}

function validateAffinity({ required: selector }: VolumeNodeAffinity, path: string): FieldError[] {
  if (!selector) return [required(`${path}.required`, 'must specify required node constraints')];
  return validateNodeSelector(selector, `${path}.required`);
}

/** Emptying a host's root is nobody's wish. */
function validateRecycling({ hostPath, persistentVolumeReclaimPolicy }: PersistentVolumeSpec, path: string): FieldError[] {
  const isRoot = /^\/[./]*$/.test(hostPath?.path ?? '') && !hostPath?.path.includes('..');
  return isRoot && persistentVolumeReclaimPolicy === 'Recycle'
    ? [forbiddenField(`${path}.persistentVolumeReclaimPolicy`, "may not be 'recycle' for a hostPath mount of '/'")]
    : [];
}

function validateAttributesClass({ volumeAttributesClassName: name, csi }: PersistentVolumeSpec, path: string): FieldError[] {
  if (name === undefined) return [];
  const at = `${path}.volumeAttributesClassName`;
  return [
    ...(name === '' ? [required(at, 'an empty string is disallowed')] : invalidBy(at, name, isDns1123Subdomain(name))),
    ...(csi ? [] : [required(`${path}.csi`, 'has to be specified when using volumeAttributesClassName')]),
  ];
}

const mountOptions = 'volume.beta.kubernetes.io/mount-options';
const mountable = [
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'glusterfs',
  'nfs',
  'rbd',
  'quobyte',
  'iscsi',
  'cinder',
  'cephfs',
  'azureFile',
  'vsphereVolume',
  'azureDisk',
] as const;

/** The old annotation, for volumes that are not mounted with options. */
function validateMountOptions({ metadata, spec }: PersistentVolume): FieldError[] {
  if (!metadata.annotations?.[mountOptions] || mountable.some((source) => spec[source])) return [];
  return [forbiddenField(`metadata.annotations.${mountOptions}`, 'may not specify mount options for this volume type')];
}

/** The source stays; a CSI volume may get the secret for its expansion once. */
export function validatePersistentVolumeUpdate({ spec }: PersistentVolume, { spec: old }: PersistentVolume): FieldError[] {
  const source = volumeSource(spec);
  const oldSource = volumeSource(old);
  if (source.csi && old.csi && !old.csi.controllerExpandSecretRef) {
    const { controllerExpandSecretRef: _, ...csi } = source.csi;
    source.csi = csi;
  }
  const changed = describeDifference(oldSource, source, 'spec');
  return [
    ...(semanticEqual(source, oldSource)
      ? []
      : [forbiddenField('spec.persistentvolumesource', `spec.persistentvolumesource is immutable after creation\n${changed}`)]),
    ...immutable('volumeMode', spec.volumeMode, old.volumeMode),
    ...(old.nodeAffinity ? validateAffinityUpdate(spec.nodeAffinity, old.nodeAffinity) : []),
    ...(old.volumeAttributesClassName !== undefined && spec.volumeAttributesClassName === undefined
      ? [forbiddenField('spec.volumeAttributesClassName', 'update from non-nil value to nil is forbidden')]
      : []),
  ];
}

/** Labels may get their new names, nothing else changes. */
function validateAffinityUpdate(affinity: VolumeNodeAffinity | undefined, old: VolumeNodeAffinity): FieldError[] {
  const renamed = structuredClone(old);
  for (const [i, { matchExpressions = [] }] of (renamed.required?.nodeSelectorTerms ?? []).entries())
    for (const [j, requirement] of matchExpressions.entries()) {
      const key = affinity?.required?.nodeSelectorTerms?.[i]?.matchExpressions?.[j]?.key;
      if (key !== undefined && key === labelSuccessor(requirement.key)) requirement.key = key;
    }
  return immutable('nodeAffinity', affinity ?? null, renamed);
}
