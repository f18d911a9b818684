import { type Container, mirrorAnnotation, type Pod, type ServiceAccount, type Volume } from '@t8s/api';
import { podReferences } from '@t8s/auth';
import { randomSuffix } from '../../endpoints/generate-name.ts';
import { findObject } from '../../registry/find-object.ts';
import type { ObjectStore } from '../../registry/object-store.ts';
import type { Write } from '../../write-chain.ts';
import type { AdmissionPlugin } from '../plugin.ts';
import { forbiddenBy, requestOf } from '../request.ts';
import { foreignSecret } from './mountable-secrets.ts';

const mountPath = '/var/run/secrets/kubernetes.io/serviceaccount';
/** A little more than an hour, so that the token is renewed well before it is an hour old (upstream's). */
const tokenSeconds = 3607;

/** Gives every pod its service account, and the account's token, CA and namespace as a projected volume. */
export function serviceAccount(objects: ObjectStore): AdmissionPlugin {
  return {
    name: 'ServiceAccount',
    async mutate(write) {
      if (!isNewPod(write) || isMirror(write)) return;
      const pod = write.object as Pod;
      pod.spec.serviceAccountName ||= 'default';
      pod.spec.serviceAccount = pod.spec.serviceAccountName;
      const account = await find(write);
      if ((pod.spec.automountServiceAccountToken ?? account.automountServiceAccountToken) !== false) mountToken(pod);
      if ((pod.spec.imagePullSecrets ?? []).length === 0 && account.imagePullSecrets?.length)
        pod.spec.imagePullSecrets = structuredClone(account.imagePullSecrets);
    },
    async validate(write) {
      const isDebugging = write.resource.storage === 'pods' && write.subresource === 'ephemeralcontainers';
      if (!isNewPod(write) && !isDebugging) return;
      const pod = write.object as Pod;
      const problem = isMirror(write) ? mirrorProblem(pod) : foreignSecret(pod, await find(write));
      if (problem !== undefined) throw forbiddenBy(requestOf(write), problem);
    },
  };

  /** Throws Forbidden. */
  async function find(write: Write): Promise<ServiceAccount> {
    const { metadata, spec } = write.object as Pod;
    const key = `${metadata.namespace}/${spec.serviceAccountName}`;
    const found = await findObject<ServiceAccount>(objects, 'serviceaccounts', key);
    if (found) return found;
    throw forbiddenBy(requestOf(write), `error looking up service account ${key}: serviceaccount "${spec.serviceAccountName}" not found`);
  }
}

const isNewPod = ({ resource, old, subresource }: Write): boolean => resource.storage === 'pods' && old === undefined && subresource === '';
/** A mirror pod, of a static one, has no account. */
const isMirror = ({ object }: Write): boolean => object.metadata.annotations?.[mirrorAnnotation] !== undefined;

/** What a pod that the kubelet made itself may not have. */
function mirrorProblem(pod: Pod): string | undefined {
  if (pod.spec.serviceAccountName) return 'a mirror pod may not reference service accounts';
  if (podReferences(pod).some((reference) => reference.startsWith('secrets '))) return 'a mirror pod may not reference secrets';
  const sources = (pod.spec.volumes ?? []).flatMap(({ projected }) => projected?.sources ?? []);
  return sources.some((source) => source.serviceAccountToken)
    ? 'a mirror pod may not use ServiceAccountToken volume projections'
    : undefined;
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
