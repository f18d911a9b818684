/** What the binder writes. Every write stands on the version that was read: a lost race is a Conflict, and tried again. */

import { isDeepStrictEqual } from 'node:util';
import {
  bindCompletedAnnotation,
  boundByControllerAnnotation,
  type PersistentVolume,
  type PersistentVolumeClaim,
  persistentVolumeClaimKind,
  persistentVolumeKind,
} from '@t8s/api';
import type { Client } from '@t8s/client';
import { WrittenVersions } from '../../written-versions.ts';

export class Writes {
  readonly #client: Client;
  /** Objects of the cache that are older than what was written here say nothing of what is to be done. */
  readonly written = new WrittenVersions();

  constructor(client: Client) {
    this.#client = client;
  }

  /**
   * Puts both together: the volume points to the claim, then the claim to the volume. A death in between leaves a volume that is
   * reserved for the claim, with which the next try goes on.
   */
  async bind(volume: PersistentVolume, claim: PersistentVolumeClaim): Promise<void> {
    const reserved = await this.#reserve(volume, claim);
    await this.setVolumePhase(reserved, 'Bound');
    const named = await this.#nameVolume(claim, reserved);
    await this.setClaimPhase(named, 'Bound', reserved);
  }

  async #reserve(volume: PersistentVolume, { metadata }: PersistentVolumeClaim): Promise<PersistentVolume> {
    const { claimRef } = volume.spec;
    if (claimRef?.uid !== undefined && claimRef.uid === metadata.uid) return volume;
    const { name, namespace, uid, resourceVersion } = metadata;
    const reference = { kind: 'PersistentVolumeClaim', apiVersion: 'v1', name, namespace, uid, resourceVersion };
    return this.#updateVolume({
      ...(claimRef ? volume : annotated(volume, { [boundByControllerAnnotation]: 'yes' })),
      spec: { ...volume.spec, claimRef: reference },
    });
  }

  async #nameVolume(claim: PersistentVolumeClaim, { metadata }: PersistentVolume): Promise<PersistentVolumeClaim> {
    const isNamed = claim.spec.volumeName === metadata.name;
    if (isNamed && claim.metadata.annotations?.[bindCompletedAnnotation]) return claim;
    const annotations = { [bindCompletedAnnotation]: 'yes', ...(!isNamed && { [boundByControllerAnnotation]: 'yes' }) };
    return this.updateClaim({ ...annotated(claim, annotations), spec: { ...claim.spec, volumeName: metadata.name ?? '' } });
  }

  async annotateClaim(claim: PersistentVolumeClaim, annotations: Record<string, string>): Promise<PersistentVolumeClaim> {
    const has = Object.entries(annotations).every(([key, value]) => claim.metadata.annotations?.[key] === value);
    return has ? claim : this.updateClaim(annotated(claim, annotations));
  }

  /** Frees a volume: for anyone where the controller had bound it, else for the claim of that name. */
  async unbind(volume: PersistentVolume): Promise<void> {
    const { claimRef, ...spec } = volume.spec;
    const { [boundByControllerAnnotation]: byController, ...annotations } = volume.metadata.annotations ?? {};
    const { uid: _, ...name } = claimRef ?? {};
    const freed = await this.#updateVolume({
      ...volume,
      metadata: { ...volume.metadata, annotations },
      spec: byController === undefined ? { ...spec, claimRef: name } : spec,
    });
    await this.setVolumePhase(freed, 'Available');
  }

  /** True when it was another phase. */
  async setVolumePhase(volume: PersistentVolume, phase: string, message?: string): Promise<boolean> {
    const { message: said, ...rest } = volume.status ?? {};
    if (rest.phase === phase && said === message) return false;
    const status = { ...rest, phase, ...(message !== undefined && { message }) };
    this.written.wrote(await this.#client.resource(persistentVolumeKind).updateStatus({ ...volume, status }));
    return true;
  }

  /** True when it was another phase. A bound claim has what its volume has. */
  async setClaimPhase(claim: PersistentVolumeClaim, phase: string, volume?: PersistentVolume): Promise<boolean> {
    const { accessModes, capacity = {}, volumeAttributesClassName } = volume?.spec ?? {};
    const had = phase === claim.status?.phase;
    // A bound claim's capacity changes with an expansion only, and that is another's to say.
    const grown = had && claim.status?.capacity ? claim.status.capacity : { storage: capacity['storage'] ?? '0' };
    // Its class of attributes, too.
    const currentVolumeAttributesClassName = had ? claim.status?.currentVolumeAttributesClassName : volumeAttributesClassName;
    const { accessModes: _, capacity: __, currentVolumeAttributesClassName: ___, ...rest } = claim.status ?? {};
    const status = {
      ...rest,
      phase,
      ...(volume && accessModes && { accessModes, capacity: grown }),
      ...(volume && currentVolumeAttributesClassName !== undefined && { currentVolumeAttributesClassName }),
    };
    if (isDeepStrictEqual(status, claim.status)) return false;
    this.written.wrote(await this.#client.resource(persistentVolumeClaimKind).updateStatus({ ...claim, status }));
    return !had;
  }

  async updateClaim(claim: PersistentVolumeClaim): Promise<PersistentVolumeClaim> {
    const updated = await this.#client.resource(persistentVolumeClaimKind).update(claim);
    this.written.wrote(updated);
    return updated;
  }

  async #updateVolume(volume: PersistentVolume): Promise<PersistentVolume> {
    const updated = await this.#client.resource(persistentVolumeKind).update(volume);
    this.written.wrote(updated);
    return updated;
  }
}

function annotated<T extends PersistentVolume | PersistentVolumeClaim>(object: T, annotations: Record<string, string>): T {
  return { ...object, metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, ...annotations } } };
}
