/**
 * Which objects a node reaches: node ← pod ← secret, config map, service account, claim ← volume ← secret (KEP-279's graph). Kept
 * by counting, so that a verdict is a look-up or two, and a pod's change costs what the pod refers to.
 */
import { mirrorAnnotation, type PersistentVolume, type Pod, type VolumeAttachment } from '@t8s/api';
import { type ObjectId, podReferences } from './pod-references.ts';

interface Entry {
  uid: string;
  node: string;
  ephemeralContainers: number;
  references: ObjectId[];
}

export class NodeGraph {
  readonly #pods = new Map<string, Entry>();
  /** How many pods of each node refer to an object. */
  readonly #nodes = new Map<ObjectId, Map<string, number>>();
  /** The claim a volume is bound to. */
  readonly #claims = new Map<string, ObjectId>();
  readonly #volumeSecrets = new Map<string, ObjectId[]>();
  readonly #volumesBySecret = new Map<ObjectId, Set<string>>();
  readonly #attachments = new Map<string, string>();

  /** Enters a pod, or takes it out where it is undefined. `key` is `namespace/name`. */
  setPod(key: string, pod: Pod | undefined): void {
    const old = this.#pods.get(key);
    // A pod the kubelet made itself proves nothing about what it refers to.
    const node = pod && !pod.metadata.annotations?.[mirrorAnnotation] ? (pod.spec.nodeName ?? '') : '';
    const uid = pod?.metadata.uid ?? '';
    const ephemeralContainers = pod?.spec.ephemeralContainers?.length ?? 0;
    if (old?.uid === uid && old.node === node && old.ephemeralContainers === ephemeralContainers) return;
    if (old) for (const id of old.references) this.#count(id, old.node, -1);
    this.#pods.delete(key);
    if (!pod || node === '') return;
    const references = podReferences(pod);
    for (const id of references) this.#count(id, node, 1);
    this.#pods.set(key, { uid, node, ephemeralContainers, references });
  }

  setVolume(name: string, volume: PersistentVolume | undefined): void {
    for (const secret of this.#volumeSecrets.get(name) ?? []) this.#volumesBySecret.get(secret)?.delete(name);
    this.#volumeSecrets.delete(name);
    this.#claims.delete(name);
    const claim = volume?.spec.claimRef;
    if (!volume || !claim) return;
    this.#claims.set(name, `persistentvolumeclaims ${claim.namespace ?? ''}/${claim.name ?? ''}`);
    const secrets = volumeSecrets(volume, claim.namespace ?? '');
    this.#volumeSecrets.set(name, secrets);
    for (const secret of secrets) {
      const volumes = this.#volumesBySecret.get(secret) ?? new Set();
      this.#volumesBySecret.set(secret, volumes.add(name));
    }
  }

  setAttachment(name: string, attachment: VolumeAttachment | undefined): void {
    if (attachment) this.#attachments.set(name, attachment.spec.nodeName);
    else this.#attachments.delete(name);
  }

  reaches(node: string, id: ObjectId): boolean {
    const [resource, key = ''] = id.split(' ');
    if (resource === 'volumeattachments') return this.#attachments.get(key) === node;
    if (resource === 'persistentvolumes') return this.#reachesVolume(node, key);
    if (this.#nodes.get(id)?.has(node)) return true;
    return resource === 'secrets' && [...(this.#volumesBySecret.get(id) ?? [])].some((volume) => this.#reachesVolume(node, volume));
  }

  #reachesVolume(node: string, volume: string): boolean {
    const claim = this.#claims.get(volume);
    return claim !== undefined && (this.#nodes.get(claim)?.has(node) ?? false);
  }

  #count(id: ObjectId, node: string, by: 1 | -1): void {
    const nodes = this.#nodes.get(id) ?? new Map<string, number>();
    const count = (nodes.get(node) ?? 0) + by;
    if (count > 0) this.#nodes.set(id, nodes.set(node, count));
    else if (nodes.delete(node) && nodes.size === 0) this.#nodes.delete(id);
  }
}

/** Secrets a volume's driver needs on the node; those without a namespace are of the claim's. */
function volumeSecrets({ spec }: PersistentVolume, ofClaim: string): ObjectId[] {
  const { azureFile, cephfs, cinder, csi, flexVolume, iscsi, rbd, scaleIO, storageos } = spec;
  const references: ({ name?: string; namespace?: string } | undefined)[] = [
    azureFile && { name: azureFile.secretName, namespace: azureFile.secretNamespace },
    csi?.nodePublishSecretRef,
    csi?.nodeStageSecretRef,
    csi?.nodeExpandSecretRef,
    storageos?.secretRef,
    ...[cephfs, cinder, flexVolume, iscsi, rbd, scaleIO].map((source) => source?.secretRef),
  ];
  return references.flatMap((reference) =>
    reference?.name ? [`secrets ${reference.namespace || ofClaim}/${reference.name}` as const] : [],
  );
}
