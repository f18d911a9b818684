import { type Container, dottedSysctl, type Pod } from '@t8s/api';
import type { DnsConfig, NamespaceOption, PodSandboxConfig, PortMapping, Protocol } from '@t8s/cri';

export interface PodNames {
  hostname: string;
  /** With a subdomain: the name that DNS gives the pod. */
  fqdn: string | undefined;
}

export function podNames({ metadata, spec }: Pod, clusterDomain: string): PodNames {
  const hostname = spec.hostnameOverride ?? spec.hostname ?? (metadata.name ?? '').slice(0, 63).replace(/[-.]+$/, '');
  const fqdn = spec.subdomain ? `${hostname}.${spec.subdomain}.${metadata.namespace}.svc.${clusterDomain}` : undefined;
  return { hostname: spec.setHostnameAsFQDN && fqdn ? fqdn : hostname, fqdn };
}

export function sandboxConfig(pod: Pod, attempt: number, hostname: string, dns: DnsConfig): PodSandboxConfig {
  const { metadata, spec } = pod;
  const { name = '', namespace = '', uid = '' } = metadata;
  const security = spec.securityContext ?? {};
  const sysctls = Object.fromEntries((security.sysctls ?? []).map((s) => [dottedSysctl(s.name), s.value]));
  return {
    metadata: { name, namespace, uid, attempt },
    hostname,
    logDirectory: `/var/log/pods/${namespace}_${name}_${uid}`,
    dnsConfig: dns,
    portMappings: [...(spec.initContainers ?? []), ...spec.containers].flatMap(portMappings),
    labels: podLabels(pod),
    annotations: {},
    linux: {
      sysctls,
      securityContext: {
        namespaceOptions: namespaceOptions(pod),
        supplementalGroups: [],
        privileged: spec.containers.some((c) => c.securityContext?.privileged),
        seccomp: { profileType: 'RuntimeDefault' },
      },
    },
  };
}

/** What the pod's containers are found by again. */
export function podLabels({ metadata }: Pod): Record<string, string> {
  return {
    ...metadata.labels,
    'io.kubernetes.pod.name': metadata.name ?? '',
    'io.kubernetes.pod.namespace': metadata.namespace ?? '',
    'io.kubernetes.pod.uid': metadata.uid ?? '',
  };
}

export function namespaceOptions({ spec }: Pod): NamespaceOption {
  return {
    network: spec.hostNetwork ? 'NODE' : 'POD',
    pid: spec.hostPID ? 'NODE' : spec.shareProcessNamespace ? 'POD' : 'CONTAINER',
    ipc: spec.hostIPC ? 'NODE' : 'POD',
  };
}

function portMappings({ ports = [] }: Container): PortMapping[] {
  return ports
    .filter((port) => port.hostPort)
    .map((port) => ({
      protocol: (port.protocol ?? 'TCP') as Protocol,
      containerPort: port.containerPort,
      hostPort: port.hostPort ?? 0,
      hostIp: port.hostIP ?? '',
    }));
}
