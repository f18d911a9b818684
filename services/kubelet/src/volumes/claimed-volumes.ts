/** Volumes that stand for a claim: what the claim is bound to is what the pod gets. */
import {
  claimName,
  isBound,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type PersistentVolumeSpec,
  type Pod,
  type Volume,
} from '@t8s/api';
import { controllerOf } from '@t8s/meta';

/** Reads the API; a pod's node may read the claims of its pods and their volumes. */
export interface ClaimSource {
  claim(namespace: string, name: string): Promise<PersistentVolumeClaim>;
  volume(name: string): Promise<PersistentVolume>;
}

export interface ClaimedVolume {
  name: string;
  spec: PersistentVolumeSpec;
  readOnly: boolean;
}

/** A binding never changes while a pod uses it: each is looked up once for a pod. */
export class ClaimedVolumes {
  readonly #source: ClaimSource;
  readonly #found = new Map<string, Map<string, Promise<ClaimedVolume>>>();

  constructor(source: ClaimSource) {
    this.#source = source;
  }

  /** Undefined for volumes of other types. Throws with upstream's words where the claim can't be used. */
  async find(pod: Pod, volume: Volume): Promise<ClaimedVolume | undefined> {
    const name = claimName(pod, volume);
    if (name === undefined) return undefined;
    const uid = pod.metadata.uid ?? '';
    const ofPod = this.#found.get(uid) ?? new Map<string, Promise<ClaimedVolume>>();
    this.#found.set(uid, ofPod);
    const found = ofPod.get(volume.name) ?? this.#look(pod, name, volume);
    ofPod.set(volume.name, found);
    try {
      return await found;
    } catch (error) {
      ofPod.delete(volume.name);
      throw error;
    }
  }

  forget(uid: string): void {
    this.#found.delete(uid);
  }

  async #look({ metadata }: Pod, name: string, { persistentVolumeClaim, ephemeral }: Volume): Promise<ClaimedVolume> {
    const { namespace = '', uid } = metadata;
    try {
      const claim = await this.#source.claim(namespace, name);
      if (ephemeral && controllerOf(claim)?.uid !== uid)
        throw new Error(`PVC ${namespace}/${name} was not created for pod ${namespace}/${metadata.name} (pod is not owner)`);
      if (claim.metadata.deletionTimestamp) throw new Error('PVC is being deleted');
      if (!isBound(claim)) throw new Error('PVC is not bound');
      const volume = await this.#source.volume(claim.spec.volumeName ?? '');
      if (volume.spec.claimRef?.uid !== claim.metadata.uid)
        throw new Error(`PersistentVolume ${volume.metadata.name} is bound to another claim`);
      return {
        name: volume.metadata.name ?? '',
        spec: volume.spec,
        readOnly: persistentVolumeClaim?.readOnly === true,
      };
    } catch (error) {
      throw new Error(`error processing PVC ${namespace}/${name}: ${(error as Error).message}`, { cause: error });
    }
  }
}
