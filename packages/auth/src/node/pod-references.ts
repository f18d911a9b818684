/** What a pod needs of other objects, so that its node may read them. */
import { type Container, claimName, type EphemeralContainer, type Pod, type Volume } from '@t8s/api';

/** Kinds of objects a node reaches through its pods, by their resource. */
export type Reachable =
  | 'secrets'
  | 'configmaps'
  | 'persistentvolumeclaims'
  | 'persistentvolumes'
  | 'serviceaccounts'
  | 'volumeattachments'
  | 'pods';

/** `resource namespace/name` or `resource name`. */
export type ObjectId = `${Reachable} ${string}`;

/** Each once. */
export function podReferences(pod: Pod): ObjectId[] {
  const { metadata, spec } = pod;
  const { namespace = '', name = '' } = metadata;
  const found = new Set<ObjectId>([`pods ${namespace}/${name}`]);
  const add = (resource: Reachable, names: readonly (string | undefined)[]): void => {
    for (const one of names) if (one) found.add(`${resource} ${namespace}/${one}`);
  };
  add('serviceaccounts', [spec.serviceAccountName]);
  add(
    'secrets',
    (spec.imagePullSecrets ?? []).map((secret) => secret.name),
  );
  for (const container of [...(spec.initContainers ?? []), ...spec.containers, ...(spec.ephemeralContainers ?? [])])
    for (const [resource, names] of environmentOf(container)) add(resource, names);
  for (const volume of spec.volumes ?? []) {
    add('secrets', secretsOf(volume));
    add('configmaps', [volume.configMap?.name, ...(volume.projected?.sources ?? []).map((source) => source.configMap?.name)]);
    add('persistentvolumeclaims', [claimName(pod, volume)]);
  }
  return [...found];
}

function environmentOf({ env = [], envFrom = [] }: Container | EphemeralContainer): [Reachable, (string | undefined)[]][] {
  return [
    ['secrets', [...env.map(({ valueFrom }) => valueFrom?.secretKeyRef?.name), ...envFrom.map(({ secretRef }) => secretRef?.name)]],
    [
      'configmaps',
      [...env.map(({ valueFrom }) => valueFrom?.configMapKeyRef?.name), ...envFrom.map(({ configMapRef }) => configMapRef?.name)],
    ],
  ];
}

/** Every source of a volume that takes a secret by name. */
function secretsOf(volume: Volume): (string | undefined)[] {
  const { azureFile, cephfs, cinder, csi, flexVolume, iscsi, projected, rbd, scaleIO, secret, storageos } = volume;
  const references = [cephfs, cinder, flexVolume, iscsi, rbd, scaleIO, storageos].map((source) => source?.secretRef?.name);
  return [
    secret?.secretName,
    azureFile?.secretName,
    csi?.nodePublishSecretRef?.name,
    ...(projected?.sources ?? []).map((source) => source.secret?.name),
    ...references,
  ];
}
