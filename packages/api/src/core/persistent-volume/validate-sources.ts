/** Where the data of a volume is: exactly one source. */
import { type FieldError, forbiddenField, invalidValue, isDns1123Label, isDns1123Subdomain, required } from '@t8s/meta';
import { invalidBy, requiredText } from '../../field-checks.ts';
import type {
  CSIPersistentVolumeSource,
  ISCSIPersistentVolumeSource,
  PersistentVolumeSpec,
  SecretReference,
} from '../../generated/types.ts';
import { legacySources } from '../pod/validate-legacy-volumes.ts';
import { withoutBacksteps } from '../pod/validate-paths.ts';
import { validateDriverName, validateHostPath } from '../pod/validate-volumes.ts';

type NotSource =
  | 'accessModes'
  | 'capacity'
  | 'claimRef'
  | 'mountOptions'
  | 'nodeAffinity'
  | 'persistentVolumeReclaimPolicy'
  | 'storageClassName'
  | 'volumeAttributesClassName'
  | 'volumeMode';
type SourceName = Exclude<keyof PersistentVolumeSpec, NotSource>;
type SourceRule<S extends SourceName> = (source: NonNullable<PersistentVolumeSpec[S]>, path: string) => FieldError[];

/** A rule for each source, in the order upstream looks at them. */
const rules: { [S in SourceName]: SourceRule<S> } = {
  hostPath: validateHostPath,
  gcePersistentDisk: legacySources.gcePersistentDisk,
  awsElasticBlockStore: legacySources.awsElasticBlockStore,
  glusterfs: (source, path) => [
    ...legacySources.glusterfs(source, path),
    ...(source.endpointsNamespace === undefined ? [] : validateEndpointsNamespace(source.endpointsNamespace, `${path}.endpointsNamespace`)),
  ],
  flocker: legacySources.flocker,
  nfs: legacySources.nfs,
  rbd: legacySources.rbd,
  quobyte: legacySources.quobyte,
  cephfs: legacySources.cephfs,
  iscsi: validateIscsi,
  cinder: (source, path) => [...legacySources.cinder(source, path), ...secretNamespace(source.secretRef, path)],
  fc: legacySources.fc,
  flexVolume: legacySources.flexVolume,
  azureFile: (source, path) => [
    ...legacySources.azureFile(source, path),
    ...(source.secretNamespace === '' ? [required(`${path}.secretNamespace`)] : []),
  ],
  vsphereVolume: legacySources.vsphereVolume,
  photonPersistentDisk: legacySources.photonPersistentDisk,
  portworxVolume: legacySources.portworxVolume,
  azureDisk: legacySources.azureDisk,
  scaleIO: ({ gateway, system, volumeName }, path) => [
    ...requiredText(`${path}.gateway`, gateway),
    ...requiredText(`${path}.system`, system),
    ...requiredText(`${path}.volumeName`, volumeName),
  ],
  local: ({ path: directory }, path) => (directory ? withoutBacksteps(`${path}.path`, directory) : [required(`${path}.path`)]),
  storageos: (source, path) => [...legacySources.storageos(source, path), ...secretNamespace(source.secretRef, path)],
  csi: validateCsi,
};
const sourceNames = Object.keys(rules) as SourceName[];

/** Some paths in messages are not the names of the fields. */
const ownPath: Partial<Record<SourceName, string>> = { gcePersistentDisk: 'persistentDisk' };
const forbiddenPath: Partial<Record<SourceName, string>> = { cephfs: 'cephFS' };

/** The source alone: it never changes. */
export function volumeSource(spec: PersistentVolumeSpec): Partial<PersistentVolumeSpec> {
  return Object.fromEntries(sourceNames.flatMap((name) => (spec[name] === undefined ? [] : [[name, spec[name]]])));
}

/** `volumeName`: of the volume, '' for one that is part of something else. */
export function validateSource(spec: PersistentVolumeSpec, volumeName: string, path: string): FieldError[] {
  const [first, ...more] = sourceNames.filter((name) => spec[name] !== undefined);
  if (first === undefined) return [required(path, 'must specify a volume type')];
  return [
    ...applyRule(first, spec, `${path}.${ownPath[first] ?? first}`),
    ...(first === 'iscsi' || more.length === 0 ? validateInitiatorLength(spec, volumeName, path) : []),
    ...(first === 'local' && !spec.nodeAffinity ? [required(`${path}.nodeAffinity`, 'Local volume requires node affinity')] : []),
    ...more.flatMap((name) =>
      name === 'flexVolume'
        ? applyRule(name, spec, `${path}.${name}`)
        : [forbiddenField(`${path}.${forbiddenPath[name] ?? name}`, 'may not specify more than 1 volume type')],
    ),
  ];
}

function applyRule<K extends SourceName>(name: K, spec: PersistentVolumeSpec, path: string): FieldError[] {
  const source = spec[name];
  const rule: SourceRule<K> = rules[name];
  return source === undefined || source === null ? [] : rule(source, path);
}

function validateIscsi(source: ISCSIPersistentVolumeSource, path: string): FieldError[] {
  return [...legacySources.iscsi(source, path), ...(source.secretRef ? requiredText(`${path}.secretRef.name`, source.secretRef.name) : [])];
}

function validateInitiatorLength({ iscsi }: PersistentVolumeSpec, volumeName: string, path: string): FieldError[] {
  if (iscsi?.initiatorName === undefined || `${volumeName}:${iscsi.targetPortal}`.length <= 64) return [];
  return [
    invalidValue(
      `${path}.iscsi.targetportal`,
      iscsi.targetPortal,
      'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.',
    ),
  ];
}

const secretNamespace = (secret: { namespace?: string } | undefined, path: string): FieldError[] =>
  secret ? requiredText(`${path}.secretRef.namespace`, secret.namespace) : [];

function validateEndpointsNamespace(namespace: string, path: string): FieldError[] {
  if (namespace === '') return [invalidValue(path, '', 'if the endpointnamespace is set, it must be a valid namespace name')];
  return invalidBy(path, namespace, isDns1123Label(namespace));
}

const csiSecrets = ['controllerPublishSecretRef', 'controllerExpandSecretRef', 'nodePublishSecretRef', 'nodeExpandSecretRef'] as const;

function validateCsi(source: CSIPersistentVolumeSource, path: string): FieldError[] {
  return [
    ...validateDriverName(source.driver ?? '', `${path}.driver`),
    ...requiredText(`${path}.volumeHandle`, source.volumeHandle),
    ...csiSecrets.flatMap((field) => validateSecret(source[field], `${path}.${field}`)),
  ];
}

function validateSecret(secret: SecretReference | undefined, path: string): FieldError[] {
  if (!secret) return [];
  const { name = '', namespace = '' } = secret;
  return [
    ...(name === '' ? [required(`${path}.name`)] : invalidBy(`${path}.name`, name, isDns1123Subdomain(name))),
    ...(namespace === '' ? [required(`${path}.namespace`)] : invalidBy(`${path}.namespace`, namespace, isDns1123Label(namespace))),
  ];
}
