/** Environment variables of services: https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables */
import type { Service } from '@t8s/api';

export type Variables = Map<string, string>;

/** Those of the pod's namespace (unless it doesn't want them), and always the API server's. */
export function serviceVariables(services: readonly Service[], namespace: string, enableServiceLinks: boolean): Variables {
  const wanted = services
    .filter(({ spec }) => spec?.clusterIP && spec.clusterIP !== 'None')
    .filter(({ metadata }) => isMaster(metadata) || (enableServiceLinks && metadata.namespace === namespace))
    .sort((a, b) => Number(isMaster(b.metadata)) - Number(isMaster(a.metadata)));
  return new Map(wanted.flatMap(variablesOf));
}

function isMaster({ name, namespace }: { name?: string; namespace?: string }): boolean {
  return name === 'kubernetes' && namespace === 'default';
}

function variablesOf({ metadata, spec }: Service): [string, string][] {
  const prefix = (metadata.name ?? '').toUpperCase().replaceAll('-', '_');
  const ip = spec?.clusterIP ?? '';
  const ports = spec?.ports ?? [];
  const first = ports[0];
  if (!first) return [];
  const urlOf = (port: { protocol?: string; port: number }): string =>
    `${(port.protocol ?? 'TCP').toLowerCase()}://${authority(ip, port.port)}`;
  return [
    [`${prefix}_SERVICE_HOST`, ip],
    [`${prefix}_SERVICE_PORT`, String(first.port)],
    ...ports
      .filter((port) => port.name)
      .map((port): [string, string] => [
        `${prefix}_SERVICE_PORT_${(port.name ?? '').toUpperCase().replaceAll('-', '_')}`,
        String(port.port),
      ]),
    [`${prefix}_PORT`, urlOf(first)],
    ...ports.flatMap((port): [string, string][] => {
      const protocol = port.protocol ?? 'TCP';
      const name = `${prefix}_PORT_${port.port}_${protocol}`;
      return [
        [name, urlOf(port)],
        [`${name}_PROTO`, protocol.toLowerCase()],
        [`${name}_PORT`, String(port.port)],
        [`${name}_ADDR`, ip],
      ];
    }),
  ];
}

function authority(ip: string, port: number): string {
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;
}
