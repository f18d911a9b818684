/** How many pods the controllers of some pods are to have. */
import type { Deployment, Pod, ReplicaSet } from '@t8s/api';
import type { Informer } from '@t8s/informer';
import { controllerOf, isStatus, type KubeObject, type OwnerReference, parseApiVersion } from '@t8s/meta';
import { NotScalable, type Scales } from '../../discovery/scales.ts';

export interface ScaleOptions {
  scales: Scales;
  replicaSets: Informer<ReplicaSet>;
  deployments: Informer<Deployment>;
}

/** The numbers of a budget can't be had; the message says why. */
export class ScaleUnknown extends Error {
  override readonly name = 'ScaleUnknown';
}

/** The sum over the pods' controllers, each counted once. Pods without a controller don't count. Throws ScaleUnknown. */
export async function scaleOf(pods: readonly Pod[], options: ScaleOptions): Promise<number> {
  const scales = new Map<string, number>();
  for (const pod of pods) {
    const owner = controllerOf(pod);
    if (!owner || scales.has(owner.uid)) continue;
    const found = await controllerScale(pod, owner, options);
    if (!found) throw new ScaleUnknown(`found no controllers for pod "${pod.metadata.name}"`);
    // By its own uid too: many replica sets may belong to one deployment.
    if (!scales.has(found.uid)) scales.set(found.uid, found.replicas);
    if (owner.uid !== found.uid) scales.set(owner.uid, 0);
  }
  return [...scales.values()].reduce((sum, replicas) => sum + replicas, 0);
}

interface Found {
  uid: string;
  replicas: number;
}

async function controllerScale(
  { metadata: { namespace = '' } }: Pod,
  owner: OwnerReference,
  options: ScaleOptions,
): Promise<Found | undefined> {
  const { scales, replicaSets, deployments } = options;
  if (owner.kind === 'ReplicaSet' && parseApiVersion(owner.apiVersion).group === 'apps') {
    const set = replicaSets.get(`${namespace}/${owner.name}`);
    if (set?.metadata.uid !== owner.uid) return undefined;
    const above = controllerOf(set);
    const deployment = above?.kind === 'Deployment' ? deployments.get(`${namespace}/${above.name}`) : undefined;
    return deployment && deployment.metadata.uid === above?.uid ? replicasOf(deployment) : replicasOf(set);
  }
  return throughScale(scales, namespace, owner);
}

const replicasOf = ({ metadata, spec }: KubeObject & { spec: { replicas?: number } }): Found => ({
  uid: metadata.uid ?? '',
  replicas: spec.replicas ?? 1,
});

/** Of any kind that has the sub-resource. */
async function throughScale(scales: Scales, namespace: string, owner: OwnerReference): Promise<Found | undefined> {
  try {
    const { metadata, spec } = await scales.get(namespace, owner);
    return metadata.uid === owner.uid ? { uid: owner.uid, replicas: spec?.replicas ?? 0 } : undefined;
  } catch (error) {
    if (error instanceof NotScalable) throw new ScaleUnknown(error.message);
    if (isStatus(error, 'NotFound')) return undefined;
    throw error;
  }
}
