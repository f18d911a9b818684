/** What users are warned of though it is allowed: upstream's pkg/api/pod warnings (v1.34). */
import { isDns1123Label, type ObjectMeta } from '@t8s/meta';
import { ipWarnings } from '../../addresses.ts';
import { all, each } from '../../field-checks.ts';
import type { Container, ContainerPort, EphemeralContainer, Pod, PodAffinityTerm, PodSpec, Volume } from '../../generated/types.ts';
import { repeats } from '../../repeats.ts';
import { deprecatedLabel, nodeTermWarnings } from '../node/deprecated-labels.ts';
import { fractions } from './fractions.ts';
import { containersWithPath } from './validate-windows.ts';

export function podWarnings(pod: Pod): string[] {
  const nameErrors = isDns1123Label(pod.metadata.name ?? '');
  const hostname =
    nameErrors.length === 0
      ? []
      : [
          `metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [${nameErrors.join(' ')}]`,
        ];
  return [...hostname, ...podTemplateWarnings(pod.metadata, pod.spec, '')];
}

/** `path`: of the template (`spec.template`), '' for a pod. */
export function podTemplateWarnings(metadata: ObjectMeta, spec: PodSpec, path: string): string[] {
  const prefix = path === '' ? '' : `${path}.`;
  const at = `${prefix}spec`;
  const containers = containersWithPath(spec, at);
  return all(
    placementWarnings(spec, at),
    metadata.annotations && annotationWarnings(metadata.annotations, spec, `${prefix}metadata.annotations`),
    each(spec.volumes, (volume, i) => volumeWarnings(volume, `${at}.volumes[${i}]`)),
    spec.volumes && tokenPathWarnings(spec.volumes, `${at}.volumes`),
    spec.hostAliases && duplicates(spec.hostAliases, 'ip', `${at}.hostAliases`),
    each(spec.dnsConfig?.nameservers, (ip, i) => ipWarnings(`${at}.dnsConfig.nameservers[${i}]`, ip)),
    each(spec.hostAliases, ({ ip }, i) => ipWarnings(`${at}.hostAliases[${i}].ip`, ip)),
    spec.imagePullSecrets && duplicates(spec.imagePullSecrets, 'name', `${at}.imagePullSecrets`),
    each(spec.imagePullSecrets, ({ name }, i) => (name ? [] : [`${at}.imagePullSecrets[${i}].name: invalid empty name ""`])),
    spec.overhead && fractions(spec.overhead, `${at}.overhead`),
    each(containers, ([container, path]) => containerWarnings(container, path)),
    portWarnings(containers),
    (spec.terminationGracePeriodSeconds ?? 0) < 0 && [
      `${at}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`,
    ],
    affinityWarnings(spec, `${at}.affinity`),
  );
}

function placementWarnings(spec: PodSpec, path: string): string[] {
  const affinity = spec.affinity?.nodeAffinity;
  const terms = `${path}.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms`;
  const preferred = `${path}.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution`;
  return all(
    each(spec.nodeSelector && Object.keys(spec.nodeSelector), (key) => {
      const message = deprecatedLabel(key);
      return message ? [`${path}.nodeSelector[${key}]: ${message}`] : [];
    }),
    each(affinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms, (term, i) =>
      nodeTermWarnings(term, false, `${terms}[${i}]`),
    ),
    each(affinity?.preferredDuringSchedulingIgnoredDuringExecution, ({ preference }, i) =>
      nodeTermWarnings(preference, true, `${preferred}[${i}].preference`),
    ),
    each(spec.topologySpreadConstraints, ({ topologyKey, labelSelector }, i) => {
      const message = deprecatedLabel(topologyKey);
      const constraint = `${path}.topologySpreadConstraints[${i}]`;
      return all(
        message !== undefined && [`${constraint}.topologyKey: ${topologyKey} is ${message}`],
        !labelSelector && [`${constraint}.labelSelector: a null labelSelector results in matching no pod`],
      );
    }),
  );
}

const deadAnnotations: Record<string, string> = {
  'scheduler.alpha.kubernetes.io/critical-pod': 'non-functional in v1.16+; use the "priorityClassName" field instead',
  'security.alpha.kubernetes.io/sysctls': 'non-functional in v1.11+; use the "sysctls" field instead',
  'security.alpha.kubernetes.io/unsafe-sysctls': 'non-functional in v1.11+; use the "sysctls" field instead',
};
const seccompAdvice = 'non-functional in v1.27+; use the "seccompProfile" field instead';

function annotationWarnings(annotations: Readonly<Record<string, string>>, spec: PodSpec, path: string): string[] {
  if (!Object.keys(annotations).some((key) => key.includes('.alpha.kubernetes.io/'))) return [];
  const seccomp = spec.securityContext?.seccompProfile ? [] : ['seccomp.security.alpha.kubernetes.io/pod'];
  for (const [{ name, securityContext }] of containersWithPath(spec, ''))
    if (!securityContext?.seccompProfile) seccomp.push(`container.seccomp.security.alpha.kubernetes.io/${name}`);
  const warnings: [key: string, message: string][] = [
    ...Object.entries(deadAnnotations),
    ...seccomp.map((key): [string, string] => [key, seccompAdvice]),
  ];
  return warnings.filter(([key]) => annotations[key] !== undefined).map(([key, message]) => `${path}[${key}]: ${message}`);
}

const deadVolumes: Partial<Record<keyof Volume, string>> = {
  photonPersistentDisk: 'deprecated in v1.11, non-functional in v1.16+',
  gitRepo: 'deprecated in v1.11, and disabled by default in v1.33+',
  scaleIO: 'deprecated in v1.16, non-functional in v1.22+',
  flocker: 'deprecated in v1.22, non-functional in v1.25+',
  storageos: 'deprecated in v1.22, non-functional in v1.25+',
  quobyte: 'deprecated in v1.22, non-functional in v1.25+',
  glusterfs: 'deprecated in v1.25, non-functional in v1.26+',
  cephfs: 'deprecated in v1.28, non-functional in v1.31+',
  rbd: 'deprecated in v1.28, non-functional in v1.31+',
};

function volumeWarnings(volume: Volume, path: string): string[] {
  return each(Object.keys(volume), (source) => {
    const message = deadVolumes[source as keyof Volume];
    return message === undefined ? [] : [`${path}.${source === 'storageos' ? 'storageOS' : source}: ${message}`];
  });
}

/** Files that a projected volume would put where a service-account token is. */
function tokenPathWarnings(volumes: readonly Volume[], path: string): string[] {
  const tokens = each(volumes, ({ projected }) =>
    each(projected?.sources, ({ serviceAccountToken: token }) => (token ? [token.path] : [])),
  );
  if (tokens.length === 0) return [];
  return each(volumes, ({ projected }, i) => {
    const look = (items: readonly { path: string }[] | undefined, source: string): string[] =>
      each(items, ({ path: file }, j) =>
        tokens.includes(file)
          ? [`${path}[${i}].projected.sources.${source}[${j}]: has duplicated path with ServiceAccountToken ${JSON.stringify(file)}`]
          : [],
      );
    return each(projected?.sources, ({ configMap, secret, downwardAPI }) =>
      all(look(configMap?.items, 'configMap'), look(secret?.items, 'secrets'), look(downwardAPI?.items, 'downwardAPI')),
    );
  });
}

function duplicates<K extends string>(items: readonly { [key in K]?: string }[], key: K, path: string): string[] {
  const repeated = repeats(items, (item) => item[key]);
  return items.flatMap((item, i) => (repeated[i] ? [`${path}[${i}].${key}: duplicate ${key} ${JSON.stringify(item[key] ?? '')}`] : []));
}

function containerWarnings({ resources, env }: Container | EphemeralContainer, path: string): string[] {
  const repeated = env && repeats(env, ({ name }) => name);
  return all(
    fractions(resources?.limits, `${path}.resources.limits`),
    fractions(resources?.requests, `${path}.resources.requests`),
    each(env, ({ name, value = '', valueFrom }, i) => {
      if (!repeated?.[i]) return [];
      const reference = `$(${name})`;
      const hides = valueFrom !== undefined || value === reference || !value.includes(reference);
      return hides
        ? [`${path}.env[${i}]: hides previous definition of ${JSON.stringify(name)}, which may be dropped when using apply`]
        : [];
    }),
  );
}

function portWarnings(containers: readonly [Container | EphemeralContainer, string][]): string[] {
  const seen = new Map<string, { path: string; port: ContainerPort }[]>();
  const warnings: string[] = [];
  for (const [{ ports = [] }, path] of containers) {
    for (const [i, port] of ports.entries()) {
      const at = `${path}.ports[${i}]`;
      if (port.hostIP && !port.hostPort) warnings.push(`${at}: hostIP set without hostPort: ${JSON.stringify(port)}`);
      const key = `${port.containerPort}/${port.protocol}`;
      const others = seen.get(key) ?? [];
      for (const other of others) {
        const overlap = overlapOf(port, other.port);
        if (overlap) warnings.push(`${at}: ${overlap} port definition with ${other.path}`);
      }
      seen.set(key, [...others, { path: at, port }]);
    }
  }
  return warnings;
}

function overlapOf(a: ContainerPort, b: ContainerPort): 'duplicate' | 'overlapping' | undefined {
  const [hostPortA, hostPortB] = [a.hostPort ?? 0, b.hostPort ?? 0];
  const [ipA, ipB] = [a.hostIP ?? '', b.hostIP ?? ''];
  if (hostPortA === hostPortB && ipA === ipB) return 'duplicate';
  if (hostPortA === 0 || hostPortB === 0) return 'overlapping';
  return hostPortA === hostPortB && (ipA === '' || ipB === '') ? 'overlapping' : undefined;
}

function affinityWarnings({ affinity }: PodSpec, path: string): string[] {
  if (affinity === undefined) return [];
  const unselective = (term: PodAffinityTerm, at: string): string[] =>
    term.labelSelector ? [] : [`${at}.labelSelector: a null labelSelector results in matching no pod`];
  return (['podAffinity', 'podAntiAffinity'] as const).flatMap((kind) => [
    ...(affinity[kind]?.requiredDuringSchedulingIgnoredDuringExecution ?? []).flatMap((term, i) =>
      unselective(term, `${path}.${kind}.requiredDuringSchedulingIgnoredDuringExecution[${i}]`),
    ),
    ...(affinity[kind]?.preferredDuringSchedulingIgnoredDuringExecution ?? []).flatMap(({ podAffinityTerm }, i) =>
      unselective(podAffinityTerm, `${path}.${kind}.preferredDuringSchedulingIgnoredDuringExecution[${i}].podAffinityTerm`),
    ),
  ]);
}
