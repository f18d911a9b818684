/** Makes the claims of pods' generic ephemeral volumes; they go with the pod, which owns them. */
import { claimName, type Pod, persistentVolumeClaimKind, podKind, type Volume } from '@t8s/api';
import { Controller } from '@t8s/controller';
import { controllerOf, isStatus, objectKey } from '@t8s/meta';
import type { ControllerContext } from '../../context.ts';
import { claimIndexers } from '../../pods/indexers.ts';

export function ephemeralVolumeController({ client, informers, events, clock, log }: ControllerContext): Controller {
  const pods = informers.informer(podKind, { indexers: claimIndexers });
  const claims = informers.informer(persistentVolumeClaimKind);
  const recorder = events('ephemeral_volume');
  const controller = new Controller({ name: 'ephemeral-volume', informers: [pods, claims], reconcile, log, clock });
  controller.watch(pods, (pod) => (pod.spec.volumes?.some(({ ephemeral }) => ephemeral) ? [objectKey(pod)] : []));
  // A claim that went away under its pod, or was another's.
  claims.addHandler({
    deleted: (claim) => pods.byIndex('claim', objectKey(claim)).forEach((pod) => void controller.enqueue(objectKey(pod))),
  });
  return controller;

  async function reconcile(key: string): Promise<void> {
    const pod = pods.get(key);
    if (!pod || pod.metadata.deletionTimestamp) return;
    for (const volume of pod.spec.volumes ?? []) if (volume.ephemeral) await ensureClaim(pod, volume);
  }

  async function ensureClaim(pod: Pod, volume: Volume): Promise<void> {
    const { namespace = '', uid = '', name: podName = '' } = pod.metadata;
    const name = claimName(pod, volume) ?? '';
    const found = claims.get(`${namespace}/${name}`);
    if (found) {
      if (controllerOf(found)?.uid === uid) return;
      const message = `PVC ${namespace}/${name} was not created for pod ${namespace}/${podName} (pod is not owner)`;
      recorder.event(pod, 'Warning', 'EphemeralVolumeNotOwned', message);
      throw new Error(message);
    }
    const { metadata = {}, spec } = volume.ephemeral?.volumeClaimTemplate ?? { spec: {} };
    const owner = { apiVersion: 'v1', kind: 'Pod', name: podName, uid, controller: true, blockOwnerDeletion: true };
    const { labels, annotations } = metadata;
    try {
      await client.resource(persistentVolumeClaimKind).create({
        metadata: { namespace, name, ...(labels && { labels }), ...(annotations && { annotations }), ownerReferences: [owner] },
        spec,
      });
    } catch (error) {
      // Memory is behind: the next try sees whose it is.
      if (isStatus(error, 'AlreadyExists')) throw error;
      recorder.event(pod, 'Warning', 'EphemeralVolumeCreateFailed', `failed to create PVC ${name}: ${(error as Error).message}`);
      throw error;
    }
  }
}
