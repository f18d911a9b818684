/** Accounts with the annotation `kubernetes.io/enforce-mountable-secrets` let their pods use no secrets but those they list. */
import type { Container, EphemeralContainer, Pod, ServiceAccount } from '@t8s/api';

const annotation = 'kubernetes.io/enforce-mountable-secrets';
/** What Go takes for true. */
const yes = new Set(['1', 't', 'T', 'TRUE', 'true', 'True']);

/** Why a pod may not use what it does, in upstream's words. */
export function foreignSecret({ spec }: Pod, { metadata, secrets = [], imagePullSecrets = [] }: ServiceAccount): string | undefined {
  if (!yes.has(metadata.annotations?.[annotation] ?? '')) return undefined;
  const own = new Set(secrets.map(({ name }) => name));
  const rule = `is not allowed because service account ${metadata.name} does not reference that`;
  const about = (what: string, name: string | undefined): string[] =>
    own.has(name) ? [] : [`${what} secret.secretName="${name}" ${rule} secret`];
  const inContainer =
    (kind: string) =>
    ({ name: container, env = [], envFrom = [] }: Container | EphemeralContainer): string[] => [
      ...env.flatMap(({ name, valueFrom }) =>
        valueFrom?.secretKeyRef ? about(`${kind} ${container} with envVar ${name} referencing`, valueFrom.secretKeyRef.name) : [],
      ),
      ...envFrom.flatMap(({ secretRef }) => (secretRef ? about(`${kind} ${container} with envFrom referencing`, secretRef.name) : [])),
    ];
  const pulled = new Set(imagePullSecrets.map(({ name }) => name));
  const [first] = [
    ...(spec.volumes ?? []).flatMap(({ secret }) => (secret ? about('volume with', secret.secretName) : [])),
    ...(spec.initContainers ?? []).flatMap(inContainer('init container')),
    ...spec.containers.flatMap(inContainer('container')),
    ...(spec.ephemeralContainers ?? []).flatMap(inContainer('ephemeral container')),
    ...(spec.imagePullSecrets ?? []).flatMap(({ name }, i) =>
      pulled.has(name) ? [] : [`imagePullSecrets[${i}].name="${name}" ${rule} imagePullSecret`],
    ),
  ];
  return first;
}
