/** Sources of network storage that pods name themselves, most of them superseded by CSI. */
import { type FieldError, invalidValue, isDns1123Label, notSupported, required } from '@t8s/meta';
import { inclusiveRange, inRange, invalidBy, optionalOneOf, requiredText } from '../../field-checks.ts';
import type { AzureDiskVolumeSource, FCVolumeSource, ISCSIVolumeSource, QuobyteVolumeSource } from '../../generated/types.ts';
import { descendingPath } from './validate-paths.ts';
import type { SourceRules } from './validate-volumes.ts';

type Modern =
  | 'emptyDir'
  | 'hostPath'
  | 'secret'
  | 'configMap'
  | 'downwardAPI'
  | 'projected'
  | 'persistentVolumeClaim'
  | 'csi'
  | 'ephemeral'
  | 'image';

export const legacySources: SourceRules<Exclude<keyof SourceRules, Modern>> = {
  gitRepo: ({ repository, directory = '' }, path) => [
    ...requiredText(`${path}.repository`, repository),
    ...descendingPath(`${path}.directory`, directory),
  ],
  gcePersistentDisk: ({ pdName, partition }, path) => [...requiredText(`${path}.pdName`, pdName), ...validatePartition(partition, path)],
  awsElasticBlockStore: ({ volumeID, partition }, path) => [
    ...requiredText(`${path}.volumeID`, volumeID),
    ...validatePartition(partition, path),
  ],
  nfs: ({ server, path: exported = '' }, path) => [
    ...requiredText(`${path}.server`, server),
    ...requiredText(`${path}.path`, exported),
    ...(exported.startsWith('/') ? [] : [invalidValue(`${path}.path`, exported, 'must be an absolute path')]),
  ],
  iscsi: validateIscsi,
  glusterfs: ({ endpoints, path: volume }, path) => [
    ...requiredText(`${path}.endpoints`, endpoints),
    ...requiredText(`${path}.path`, volume),
  ],
  flocker: ({ datasetName = '', datasetUUID = '' }, path) => [
    ...(datasetName === '' && datasetUUID === '' ? [required(path, 'one of datasetName and datasetUUID is required')] : []),
    ...(datasetName !== '' && datasetUUID !== ''
      ? [invalidValue(path, 'resource', 'datasetName and datasetUUID can not be specified simultaneously')]
      : []),
    ...(datasetName.includes('/') ? [invalidValue(`${path}.datasetName`, datasetName, "must not contain '/'")] : []),
  ],
  rbd: ({ monitors = [], image }, path) => [
    ...(monitors.length === 0 ? [required(`${path}.monitors`)] : []),
    ...requiredText(`${path}.image`, image),
  ],
  cinder: ({ volumeID, secretRef }, path) => [
    ...requiredText(`${path}.volumeID`, volumeID),
    ...(secretRef ? requiredText(`${path}.secretRef.name`, secretRef.name) : []),
  ],
  cephfs: ({ monitors = [] }, path) => (monitors.length === 0 ? [required(`${path}.monitors`)] : []),
  quobyte: validateQuobyte,
  fc: validateFc,
  flexVolume: ({ driver, options = {} }, path) => [
    ...requiredText(`${path}.driver`, driver),
    ...Object.keys(options)
      .filter((key) => /\.(kubernetes|k8s)\.io$/i.test(`.${key.split('/')[0] ?? ''}`))
      .map((key) => invalidValue(`${path}.options[${key}]`, key, 'kubernetes.io and k8s.io namespaces are reserved')),
  ],
  azureFile: ({ secretName, shareName }, path) => [
    ...requiredText(`${path}.secretName`, secretName),
    ...requiredText(`${path}.shareName`, shareName),
  ],
  vsphereVolume: ({ volumePath }, path) => requiredText(`${path}.volumePath`, volumePath),
  photonPersistentDisk: ({ pdID }, path) => requiredText(`${path}.pdID`, pdID),
  portworxVolume: ({ volumeID }, path) => requiredText(`${path}.volumeID`, volumeID),
  azureDisk: validateAzureDisk,
  storageos: ({ volumeName = '', volumeNamespace = '', secretRef }, path) => [
    ...(volumeName === '' ? [required(`${path}.volumeName`)] : invalidBy(`${path}.volumeName`, volumeName, isDns1123Label(volumeName))),
    ...(volumeNamespace === '' ? [] : invalidBy(`${path}.volumeNamespace`, volumeNamespace, isDns1123Label(volumeNamespace))),
    ...(secretRef ? requiredText(`${path}.secretRef.name`, secretRef.name) : []),
  ],
  scaleIO: ({ gateway, system, volumeName }, path) => [
    ...requiredText(`${path}.gateway`, gateway),
    ...requiredText(`${path}.system`, system),
    ...requiredText(`${path}.volumeName`, volumeName),
  ],
};

function validatePartition(partition = 0, path: string): FieldError[] {
  return partition < 0 || partition > 255 ? [invalidValue(`${path}.partition`, partition, inclusiveRange(1, 255))] : [];
}

const initiators: Record<string, RegExp> = {
  iqn: /^iqn\.\d{4}-\d{2}\.([\w-.]+)(:[^,;*&$|\s]+)$/,
  eui: /^eui\.[0-9A-Fa-f]{16}$/,
  naa: /^naa\.[0-9A-Fa-f]{32}$/,
};

function validateInitiator(name: string, path: string): FieldError[] {
  const pattern = initiators[name.slice(0, 3)];
  if (pattern === undefined) return [invalidValue(path, name, 'must be valid format starting with iqn, eui, or naa')];
  return pattern.test(name) ? [] : [invalidValue(path, name, 'must be valid format')];
}

function validateIscsi(source: ISCSIVolumeSource, path: string): FieldError[] {
  const { targetPortal, iqn = '', lun, chapAuthDiscovery, chapAuthSession, secretRef, initiatorName } = source;
  return [
    ...requiredText(`${path}.targetPortal`, targetPortal),
    ...(iqn === '' ? [required(`${path}.iqn`)] : validateInitiator(iqn, `${path}.iqn`)),
    ...inRange(`${path}.lun`, lun, 0, 255),
    ...((chapAuthDiscovery || chapAuthSession) && !secretRef ? [required(`${path}.secretRef`)] : []),
    ...(initiatorName === undefined ? [] : validateInitiator(initiatorName, `${path}.initiatorname`)),
  ];
}

function validateQuobyte({ registry = '', tenant = '', volume }: QuobyteVolumeSource, path: string): FieldError[] {
  const pairs = 'must be a host:port pair or multiple pairs separated by commas';
  const errors: FieldError[] = [];
  if (registry === '') errors.push(required(`${path}.registry`, pairs));
  else if (tenant.length >= 65) errors.push(required(`${path}.tenant`, 'must be a UUID and may not exceed a length of 64 characters'));
  else
    for (const pair of registry.split(','))
      if (!/^([^:[\]]*|\[[^\]]*\]):[^:]*$/.test(pair)) errors.push(invalidValue(`${path}.registry`, registry, pairs));
  return [...errors, ...requiredText(`${path}.volume`, volume)];
}

function validateFc({ targetWWNs = [], wwids = [], lun }: FCVolumeSource, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (targetWWNs.length === 0 && wwids.length === 0)
    errors.push(required(`${path}.targetWWNs`, 'must specify either targetWWNs or wwids, but not both'));
  if (targetWWNs.length > 0 && wwids.length > 0)
    errors.push(invalidValue(`${path}.targetWWNs`, targetWWNs, 'targetWWNs and wwids can not be specified simultaneously'));
  if (targetWWNs.length > 0)
    errors.push(
      ...(lun === undefined
        ? [required(`${path}.lun`, 'lun is required if targetWWNs is specified')]
        : inRange(`${path}.lun`, lun, 0, 255)),
    );
  return errors;
}

const managedUri = '/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}';
const blobUri = 'https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd';

function validateAzureDisk({ diskName, diskURI = '', cachingMode, kind }: AzureDiskVolumeSource, path: string): FieldError[] {
  const errors = [
    ...requiredText(`${path}.diskName`, diskName),
    ...requiredText(`${path}.diskURI`, diskURI),
    ...optionalOneOf(`${path}.cachingMode`, cachingMode, ['None', 'ReadOnly', 'ReadWrite']),
    ...optionalOneOf(`${path}.kind`, kind, ['Dedicated', 'Managed', 'Shared']),
  ];
  if (kind === 'Managed' && !diskURI.startsWith('/subscriptions/')) errors.push(notSupported(`${path}.diskURI`, diskURI, [managedUri]));
  if (kind !== undefined && kind !== 'Managed' && !diskURI.startsWith('https://'))
    errors.push(notSupported(`${path}.diskURI`, diskURI, [blobUri]));
  return errors;
}
