/** Kubeconfig files of the cluster's own clients. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Identity, isUsableCertificate } from '@t8s/auth';
import { connectionFrom, formatKubeconfig, type Kubeconfig, loadKubeconfig } from '@t8s/component';
import { apiserverPort, type Cluster, contextName, type Host } from './cluster.ts';
import { issueClient } from './pki.ts';

export const kubeletConfig = (host: Host): string => `${host.dir}/kubelet.conf`;
export const proxyConfig = (host: Host): string => `${host.dir}/kube-proxy.conf`;

interface Client extends Identity {
  file: string;
  server: string;
}

/** Makes what is missing, replaces what nears its end. Identities are upstream's. */
export async function ensureKubeconfigs(cluster: Cluster): Promise<void> {
  const local = `https://127.0.0.1:${apiserverPort}`;
  const server = cluster.apiserverUrl;
  const clients: Client[] = [
    { file: cluster.kubeconfig('admin'), commonName: 'kubernetes-admin', organizations: ['kubeadm:cluster-admins'], server: local },
    // No rule binds it, and none takes its rights away: for the set-up itself, and for who has locked himself out.
    { file: cluster.kubeconfig('super-admin'), commonName: 'kubernetes-super-admin', organizations: ['system:masters'], server: local },
    { file: cluster.kubeconfig('scheduler'), commonName: 'system:kube-scheduler', server: local },
    { file: cluster.kubeconfig('controller-manager'), commonName: 'system:kube-controller-manager', server: local },
    ...cluster.hosts.flatMap((host): Client[] => [
      { file: kubeletConfig(host), commonName: `system:node:${host.name}`, organizations: ['system:nodes'], server },
      { file: proxyConfig(host), commonName: 'system:kube-proxy', server },
    ]),
  ];
  const ca = readFileSync(cluster.pki('ca.crt'), 'utf8');
  for (const client of clients) if (!isUsable(client, ca)) await writeKubeconfig(cluster, client, ca);
}

function isUsable({ file, server, ...subject }: Client, ca: string): boolean {
  if (!existsSync(file)) return false;
  const connection = connectionFrom(loadKubeconfig(file), file);
  return connection.server === server && connection.cert !== undefined && isUsableCertificate({ cert: connection.cert, ca, subject });
}

async function writeKubeconfig(cluster: Cluster, { file, server, ...subject }: Client, ca: string): Promise<void> {
  const { cert, key } = await issueClient(cluster, subject);
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const config: Kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': contextName,
    clusters: [{ name: contextName, cluster: { server, 'certificate-authority-data': base64(ca) } }],
    users: [{ name: subject.commonName, user: { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) } }],
    contexts: [{ name: contextName, context: { cluster: contextName, user: subject.commonName } }],
  };
  mkdirSync(dirname(file), { recursive: true, mode: 0o755 });
  writeFileSync(`${file}.new`, formatKubeconfig(config), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
