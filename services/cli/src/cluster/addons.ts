/** What every cluster has in it: DNS, what nodes must know of each other, and the label of the node that holds the control plane. */
import { join } from 'node:path';
import { type Deployment, nodeKind, type Service } from '@t8s/api';
import type { Client } from '@t8s/client';
import type { KubeObject } from '@t8s/meta';
import type { Cluster } from './cluster.ts';
import { ensureObject, readManifest } from './manifests.ts';
import type { Installation } from './processes.ts';

export const dnsDeployment = { namespace: 'kube-system', name: 'kube-dns' };

/** `content` is the images': another one rolls the deployment. */
export async function ensureAddons({
  client,
  cluster,
  installation,
  content,
}: {
  client: Client;
  cluster: Cluster;
  installation: Installation;
  content: string;
}): Promise<void> {
  for (const file of ['pod-network.yaml', 'metrics.yaml', 'storage.yaml', 'dns.yaml'])
    for (const object of readManifest(join(installation.dir, 'deploy/addons', file)))
      await ensureObject(client, adjust(object, cluster.dnsAddress, content));
}

export async function labelControlPlane(client: Client, nodeName: string): Promise<void> {
  const labels = { 'node-role.kubernetes.io/control-plane': '' };
  await client.resource(nodeKind).patch({ name: nodeName }, { type: 'merge', body: { metadata: { labels } } });
}

function adjust(object: KubeObject, dnsAddress: string, content: string): KubeObject {
  const copy = structuredClone(object);
  if (copy.kind === 'Service') (copy as Service).spec.clusterIP = dnsAddress;
  if (copy.kind === 'Deployment') {
    const { template } = (copy as Deployment).spec;
    template.metadata = { ...template.metadata, annotations: { ...template.metadata?.annotations, 't8s.local/content': content } };
  }
  return copy;
}
