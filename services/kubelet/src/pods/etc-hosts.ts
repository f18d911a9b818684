/** The hosts file of a pod's containers, in upstream's words. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Pod } from '@t8s/api';

export interface HostsFileOptions {
  file: string;
  podIps: readonly string[];
  hostname: string;
  /** hostname.subdomain.namespace.svc.domain, where the pod has a subdomain. */
  fqdn: string | undefined;
}

/** Writes the file in place: running containers have it mounted. */
export async function writeHostsFile(pod: Pod, { file, podIps, hostname, fqdn }: HostsFileOptions): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const base = pod.spec.hostNetwork
    ? `# Kubernetes-managed hosts file (host network).\n${await readFile('/etc/hosts', 'utf8')}`
    : podHosts(podIps, fqdn, hostname);
  await writeFile(file, base + aliases(pod), { mode: 0o644 });
}

function podHosts(podIps: readonly string[], fqdn: string | undefined, hostname: string): string {
  const names = fqdn === undefined ? hostname : `${fqdn}\t${hostname}`;
  return [
    '# Kubernetes-managed hosts file.',
    '127.0.0.1\tlocalhost',
    '::1\tlocalhost ip6-localhost ip6-loopback',
    'fe00::0\tip6-localnet',
    'fe00::0\tip6-mcastprefix',
    'fe00::1\tip6-allnodes',
    'fe00::2\tip6-allrouters',
    ...podIps.map((ip) => `${ip}\t${names}`),
    '',
  ].join('\n');
}

function aliases({ spec }: Pod): string {
  const lines = (spec.hostAliases ?? []).map(({ ip, hostnames = [] }) => `${ip}\t${hostnames.join('\t')}\n`);
  return lines.length > 0 ? `\n# Entries added by HostAliases.\n${lines.join('')}` : '';
}
