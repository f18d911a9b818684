/** What each source of a volume is called, and the fields shown of it. */
import type { Volume } from '@t8s/api';
import { parseQuantity } from '@t8s/meta';
import { claimTemplateLines } from './claim-template.ts';
import { shorten, sorted } from './description.ts';
import { goList, goMap, goReference } from './go-values.ts';

export type SourceName = Exclude<keyof Volume, 'name'>;

export interface SourceText {
  type: string;
  /** Cells of further lines. */
  lines: (readonly string[])[];
}

type Value = string | number | boolean | undefined;

const source = (type: string, fields: Readonly<Record<string, Value>> = {}): SourceText => ({
  type,
  lines: Object.entries(fields).map(([name, value]) => [`${name}:`, String(value ?? '')]),
});
const local = (reference: object | undefined): string => goReference('LocalObjectReference', reference);

export const volumeSources: { [K in SourceName]-?: (of: NonNullable<Volume[K]>) => SourceText } = {
  hostPath: ({ path, type = '<none>' }) => source('HostPath (bare host directory volume)', { Path: path, HostPathType: type }),
  emptyDir: ({ medium, sizeLimit }) =>
    source("EmptyDir (a temporary directory that shares a pod's lifetime)", {
      Medium: medium,
      SizeLimit: sizeLimit !== undefined && parseQuantity(sizeLimit).nano > 0n ? sizeLimit : '<unset>',
    }),
  secret: ({ secretName, optional = false }) =>
    source('Secret (a volume populated by a Secret)', { SecretName: secretName, Optional: optional }),
  configMap: ({ name, optional = false }) => source('ConfigMap (a volume populated by a ConfigMap)', { Name: name, Optional: optional }),
  downwardAPI: ({ items = [] }) => ({
    type: 'DownwardAPI (a volume populated by information about the pod)',
    lines: [
      ['Items:'],
      ...items.flatMap(({ fieldRef, resourceFieldRef, path }) => [
        ...(fieldRef ? [[`  ${fieldRef.fieldPath} -> ${path}`]] : []),
        ...(resourceFieldRef ? [[`  ${resourceFieldRef.resource} -> ${path}`]] : []),
      ]),
    ],
  }),
  projected: ({ sources = [] }) => ({
    type: 'Projected (a volume that contains injected data from multiple sources)',
    lines: sources.flatMap(({ secret, downwardAPI, configMap, serviceAccountToken }) => {
      if (secret) return source('', { SecretName: secret.name, Optional: secret.optional ?? false }).lines;
      if (downwardAPI) return [['DownwardAPI:', 'true']];
      if (configMap) return source('', { ConfigMapName: configMap.name, Optional: configMap.optional ?? false }).lines;
      return serviceAccountToken ? [['TokenExpirationSeconds:', String(serviceAccountToken.expirationSeconds ?? 0)]] : [];
    }),
  }),
  persistentVolumeClaim: ({ claimName, readOnly = false }) =>
    source('PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)', {
      ClaimName: claimName,
      ReadOnly: readOnly,
    }),
  ephemeral: ({ volumeClaimTemplate }) => ({
    type: 'EphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)',
    lines: volumeClaimTemplate ? claimTemplateLines(volumeClaimTemplate) : [],
  }),
  image: ({ reference, pullPolicy }) =>
    source('Image (a container image or OCI artifact)', { Reference: reference, PullPolicy: pullPolicy }),
  csi: ({ driver, fsType, readOnly = false, volumeAttributes = {} }) => {
    const text = source('CSI (a Container Storage Interface (CSI) volume source)', { Driver: driver, FSType: fsType, ReadOnly: readOnly });
    const attributes = sorted(volumeAttributes).map(([key, value]) => `    ${shorten(`${key}=${value}`, 140)}`);
    const [first = '<none>', ...rest] = attributes;
    return { ...text, lines: [...text.lines, ['VolumeAttributes:', first], ...rest.map((line) => ['', line])] };
  },
  nfs: ({ server, path, readOnly = false }) =>
    source('NFS (an NFS mount that lasts the lifetime of a pod)', { Server: server, Path: path, ReadOnly: readOnly }),
  iscsi: (iscsi) => {
    const text = source("ISCSI (an ISCSI Disk resource that is attached to a kubelet's host machine and then exposed to the pod)", {
      TargetPortal: iscsi.targetPortal,
      IQN: iscsi.iqn,
      Lun: iscsi.lun,
      ISCSIInterface: iscsi.iscsiInterface,
      FSType: iscsi.fsType,
      ReadOnly: iscsi.readOnly ?? false,
      Portals: goList(iscsi.portals),
      DiscoveryCHAPAuth: iscsi.chapAuthDiscovery ?? false,
      SessionCHAPAuth: iscsi.chapAuthSession ?? false,
      SecretRef: local(iscsi.secretRef),
      InitiatorName: iscsi.initiatorName ?? '<none>',
    });
    // kubectl has no colon after this one.
    return { ...text, lines: text.lines.map(([name = '', value = '']) => [name === 'ISCSIInterface:' ? 'ISCSIInterface' : name, value]) };
  },
  fc: ({ targetWWNs = [], lun = '<none>', fsType, readOnly = false }) =>
    source('FC (a Fibre Channel disk)', { TargetWWNs: targetWWNs.join(', '), LUN: lun, FSType: fsType, ReadOnly: readOnly }),
  gcePersistentDisk: ({ pdName, fsType, partition = 0, readOnly = false }) =>
    source('GCEPersistentDisk (a Persistent Disk resource in Google Compute Engine)', {
      PDName: pdName,
      FSType: fsType,
      Partition: partition,
      ReadOnly: readOnly,
    }),
  awsElasticBlockStore: ({ volumeID, fsType, partition = 0, readOnly = false }) =>
    source('AWSElasticBlockStore (a Persistent Disk resource in AWS)', {
      VolumeID: volumeID,
      FSType: fsType,
      Partition: partition,
      ReadOnly: readOnly,
    }),
  gitRepo: ({ repository, revision }) =>
    source('GitRepo (a volume that is pulled from git when the pod is created)', { Repository: repository, Revision: revision }),
  glusterfs: ({ endpoints, path, readOnly = false }) =>
    source("Glusterfs (a Glusterfs mount on the host that shares a pod's lifetime)", {
      EndpointsName: endpoints,
      Path: path,
      ReadOnly: readOnly,
    }),
  rbd: ({ monitors, image, fsType, pool, user, keyring, secretRef, readOnly = false }) =>
    source("RBD (a Rados Block Device mount on the host that shares a pod's lifetime)", {
      CephMonitors: goList(monitors),
      RBDImage: image,
      FSType: fsType,
      RBDPool: pool,
      RadosUser: user,
      Keyring: keyring,
      SecretRef: local(secretRef),
      ReadOnly: readOnly,
    }),
  cephfs: ({ monitors, path, user, secretFile, secretRef, readOnly = false }) =>
    source("CephFS (a CephFS mount on the host that shares a pod's lifetime)", {
      Monitors: goList(monitors),
      Path: path,
      User: user,
      SecretFile: secretFile,
      SecretRef: local(secretRef),
      ReadOnly: readOnly,
    }),
  cinder: ({ volumeID, fsType, readOnly = false, secretRef }) =>
    source('Cinder (a Persistent Disk resource in OpenStack)', {
      VolumeID: volumeID,
      FSType: fsType,
      ReadOnly: readOnly,
      SecretRef: local(secretRef),
    }),
  quobyte: ({ registry, volume, readOnly = false }) =>
    source("Quobyte (a Quobyte mount on the host that shares a pod's lifetime)", {
      Registry: registry,
      Volume: volume,
      ReadOnly: readOnly,
    }),
  azureDisk: ({ diskName, diskURI, kind, fsType, cachingMode, readOnly = false }) =>
    source('AzureDisk (an Azure Data Disk mount on the host and bind mount to the pod)', {
      DiskName: diskName,
      DiskURI: diskURI,
      Kind: kind,
      FSType: fsType,
      CachingMode: cachingMode,
      ReadOnly: readOnly,
    }),
  azureFile: ({ secretName, shareName, readOnly = false }) =>
    source('AzureFile (an Azure File Service mount on the host and bind mount to the pod)', {
      SecretName: secretName,
      ShareName: shareName,
      ReadOnly: readOnly,
    }),
  vsphereVolume: ({ volumePath, fsType, storagePolicyName }) =>
    source('vSphereVolume (a Persistent Disk resource in vSphere)', {
      VolumePath: volumePath,
      FSType: fsType,
      StoragePolicyName: storagePolicyName,
    }),
  photonPersistentDisk: ({ pdID, fsType }) =>
    source('PhotonPersistentDisk (a Persistent Disk resource in photon platform)', { PdID: pdID, FSType: fsType }),
  portworxVolume: ({ volumeID }) => source('PortworxVolume (a Portworx Volume resource)', { VolumeID: volumeID }),
  scaleIO: (scaleIO) =>
    source('ScaleIO (a persistent volume backed by a block device in ScaleIO)', {
      Gateway: scaleIO.gateway,
      System: scaleIO.system,
      'Protection Domain': scaleIO.protectionDomain,
      'Storage Pool': scaleIO.storagePool,
      'Storage Mode': scaleIO.storageMode,
      VolumeName: scaleIO.volumeName,
      FSType: scaleIO.fsType,
      ReadOnly: scaleIO.readOnly ?? false,
    }),
  storageos: ({ volumeName, volumeNamespace, fsType, readOnly = false }) =>
    source('StorageOS (a StorageOS Persistent Disk resource)', {
      VolumeName: volumeName,
      VolumeNamespace: volumeNamespace,
      FSType: fsType,
      ReadOnly: readOnly,
    }),
  flexVolume: ({ driver, fsType, secretRef, readOnly = false, options }) =>
    source('FlexVolume (a generic volume resource that is provisioned/attached using an exec based plugin)', {
      Driver: driver,
      FSType: fsType,
      SecretRef: local(secretRef),
      ReadOnly: readOnly,
      Options: goMap(options),
    }),
  flocker: ({ datasetName, datasetUUID }) =>
    source('Flocker (a Flocker volume mounted by the Flocker agent)', { DatasetName: datasetName, DatasetUUID: datasetUUID }),
};
