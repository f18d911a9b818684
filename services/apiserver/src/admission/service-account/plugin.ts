import { type Container, mirrorAnnotation, type Pod, type ServiceAccount, type Volume } from '@t8s/api';
import { forbidden } from '@t8s/meta';
import { randomSuffix } from '../../endpoints/generate-name.ts';
import { findObject } from '../../registry/find-object.ts';
import type { ObjectStore } from '../../registry/object-store.ts';
import type { AdmissionPlugin } from '../plugin.ts';

const mountPath = '/var/run/secrets/kubernetes.io/serviceaccount';
/** A little more than an hour, so that the token is renewed well before it is an hour old (upstream's). */
const tokenSeconds = 3607;

/** Gives every pod its service account, and the account's token, CA and namespace as a projected volume. */
export function serviceAccount(objects: ObjectStore): AdmissionPlugin {
  return {
    name: 'ServiceAccount',
    async mutate({ resource, object, old, subresource }) {
      if (resource.storage !== 'pods' || old !== undefined || subresource !== '') return;
      const pod = object as Pod;
      // Mirror pods of static pods have no account.
      if (pod.metadata.annotations?.[mirrorAnnotation]) return;
      pod.spec.serviceAccountName ||= 'default';
      pod.spec.serviceAccount = pod.spec.serviceAccountName;
      const account = await findObject<ServiceAccount>(
        objects,
        'serviceaccounts',
        `${pod.metadata.namespace}/${pod.spec.serviceAccountName}`,
      );
      if (!account)
        throw forbidden(
          { group: '', resource: 'pods' },
          pod.metadata.name ?? '',
          `error looking up service account ${pod.metadata.namespace}/${pod.spec.serviceAccountName}: serviceaccount "${pod.spec.serviceAccountName}" not found`,
        );
      if ((pod.spec.automountServiceAccountToken ?? account.automountServiceAccountToken) !== false) mountToken(pod);
      if ((pod.spec.imagePullSecrets ?? []).length === 0 && account.imagePullSecrets?.length)
        pod.spec.imagePullSecrets = structuredClone(account.imagePullSecrets);
    },
  };
}

function mountToken(pod: Pod): void {
  const containers = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
  const lacking = containers.filter((c) => !c.volumeMounts?.some((m) => m.mountPath === mountPath));
  if (lacking.length === 0) return;
  const name = pod.spec.volumes?.find((v) => v.name.startsWith('kube-api-access-'))?.name ?? `kube-api-access-${randomSuffix()}`;
  for (const container of lacking) mount(container, name);
  if (!pod.spec.volumes?.some((v) => v.name === name)) pod.spec.volumes = [...(pod.spec.volumes ?? []), tokenVolume(name)];
}

function mount(container: Container, name: string): void {
  container.volumeMounts = [...(container.volumeMounts ?? []), { name, readOnly: true, mountPath }];
}

function tokenVolume(name: string): Volume {
  return {
    name,
    projected: {
      defaultMode: 0o644,
      sources: [
        { serviceAccountToken: { expirationSeconds: tokenSeconds, path: 'token' } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
      ],
    },
  };
}
