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
      const claim = await fetched('PVC', this.#source.claim(namespace, name));
      if (ephemeral && controllerOf(claim)?.uid !== uid)
        throw new Error(`PVC ${namespace}/${name} was not created for pod ${namespace}/${metadata.name} (pod is not owner)`);
      if (claim.metadata.deletionTimestamp) throw new Error('PVC is being deleted');
      if (!isBound(claim)) throw new Error('PVC is not bound');
      const { volumeName = '' } = claim.spec;
      const volume = await fetched(`PV ${volumeName}`, this.#source.volume(volumeName));
      const claimRef = volume.spec.claimRef;
      if (!claimRef)
        throw new Error(`found PV object ${volumeName} but it has a nil pv.Spec.ClaimRef indicating it is not yet bound to the claim`);
      if (claimRef.uid !== claim.metadata.uid)
        throw new Error(
          `found PV object ${volumeName} but its pv.Spec.ClaimRef.UID ${claimRef.uid} does not point to claim.UID ${claim.metadata.uid}`,
        );
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

async function fetched<T>(what: string, asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    throw new Error(`failed to fetch ${what} from API server: ${(error as Error).message}`, { cause: error });
  }
}
