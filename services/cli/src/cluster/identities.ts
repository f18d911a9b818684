/** What those who hold a certificate of the cluster's may do in it, and what a machine that is to join finds; names are kubeadm's. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConfigMap } from '@t8s/api';
import { type Client, createClient } from '@t8s/client';
import { formatKubeconfig, kubernetesVersion, loadConnection } from '@t8s/component';
import type { Cluster } from './cluster.ts';
import { ensureObject, readManifest } from './manifests.ts';
import type { Installation } from './processes.ts';

/** A client of the cluster as one of its administrators: `super-admin`, or `admin` once there are roles. */
export const clientAs = (cluster: Cluster, who: 'admin' | 'super-admin'): Client =>
  createClient({ connection: loadConnection(cluster.kubeconfig(who)), userAgent: `t8s/${kubernetesVersion}` });

export async function ensureIdentities(client: Client, cluster: Cluster, { dir }: Installation): Promise<void> {
  for (const file of ['identities.yaml', 'bootstrap.yaml'])
    for (const object of readManifest(join(dir, 'deploy/addons', file))) await ensureObject(client, object);
  await ensureObject(client, clusterInfo(cluster));
}

/** Where the cluster is, and its CA: public, and signed for each bootstrap token. */
function clusterInfo({ apiserverUrl: server, pki }: Cluster): ConfigMap {
  const authority = readFileSync(pki('ca.crt')).toString('base64');
  const kubeconfig = formatKubeconfig({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': '',
    preferences: {},
    clusters: [{ name: '', cluster: { 'certificate-authority-data': authority, server } }],
    contexts: [],
    users: [],
  });
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'kube-public', name: 'cluster-info' }, data: { kubeconfig } };
}
