/** A pod's resolver: https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-s-dns-policy */
import type { Pod } from '@t8s/api';
import type { DnsConfig } from '@t8s/cri';

export interface NodeDns {
  /** The cluster's DNS service; empty where the cluster has none. */
  clusterDns: readonly string[];
  clusterDomain: string;
  /** The node's own resolver. */
  host: DnsConfig;
}

/** The resolver limits of glibc. */
const maxServers = 3;
const maxSearches = 32;

export function podDns(pod: Pod, { clusterDns, clusterDomain, host }: NodeDns): DnsConfig {
  const { dnsPolicy = 'ClusterFirst', hostNetwork, dnsConfig } = pod.spec;
  const useCluster = clusterDns.length > 0 && (dnsPolicy === 'ClusterFirstWithHostNet' || (dnsPolicy === 'ClusterFirst' && !hostNetwork));
  const base = dnsPolicy === 'None' ? { servers: [], searches: [], options: [] } : useCluster ? cluster() : host;
  return {
    servers: unique([...base.servers, ...(dnsConfig?.nameservers ?? [])]).slice(0, maxServers),
    searches: unique([...base.searches, ...(dnsConfig?.searches ?? [])]).slice(0, maxSearches),
    options: mergeOptions(base.options, dnsConfig?.options ?? []),
  };

  function cluster(): DnsConfig {
    const domain = clusterDomain;
    const own = domain === '' ? [] : [`${pod.metadata.namespace}.svc.${domain}`, `svc.${domain}`, domain];
    return { servers: [...clusterDns], searches: [...own, ...host.searches], options: ['ndots:5'] };
  }
}

/** Reads a resolv.conf. */
export function parseResolvConf(text: string): DnsConfig {
  const config: DnsConfig = { servers: [], searches: [], options: [] };
  for (const line of text.split('\n')) {
    const [word, ...rest] = line.trim().split(/\s+/);
    if (word === 'nameserver') config.servers.push(...rest.slice(0, 1));
    else if (word === 'search' || word === 'domain')
      config.searches = rest.filter((name) => name !== '.').map((name) => name.replace(/\.$/, ''));
    else if (word === 'options') config.options = rest;
  }
  return config;
}

function mergeOptions(base: readonly string[], own: readonly { name?: string; value?: string }[]): string[] {
  const options = new Map(base.map((option): [string, string] => [option.split(':')[0] ?? option, option]));
  for (const { name = '', value } of own) options.set(name, value ? `${name}:${value}` : name);
  return [...options.values()];
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
