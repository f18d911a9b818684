/** Makes the claims of pods' generic ephemeral volumes; they go with the pod, which owns them. */
import { claimName, type Pod, persistentVolumeClaimKind, podKind, type Volume } from '@t8s/api';
import { Controller } from '@t8s/controller';
import { controllerOf, objectKey } from '@t8s/meta';
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
    for (const volume of pod.spec.volumes ?? [])
      if (volume.ephemeral)
        try {
          await ensureClaim(pod, volume);
        } catch (error) {
          const message = `ephemeral volume ${volume.name}: ${(error as Error).message}`;
          recorder.event(pod, 'Warning', 'FailedBinding', message);
          throw new Error(`pod ${key}, ${message}`, { cause: error });
        }
  }

  async function ensureClaim(pod: Pod, volume: Volume): Promise<void> {
    const { namespace = '', uid = '', name: podName = '' } = pod.metadata;
    const name = claimName(pod, volume) ?? '';
    const found = claims.get(`${namespace}/${name}`);
    if (found) {
      if (controllerOf(found)?.uid === uid) return;
      throw new Error(`PVC ${namespace}/${name} was not created for pod ${namespace}/${podName} (pod is not owner)`);
    }
    const { metadata = {}, spec } = volume.ephemeral?.volumeClaimTemplate ?? { spec: {} };
    const { labels, annotations } = metadata;
    const owner = { apiVersion: 'v1', kind: 'Pod', name: podName, uid, controller: true, blockOwnerDeletion: true };
    try {
      await client.resource(persistentVolumeClaimKind).create({
        metadata: { namespace, name, ...(labels && { labels }), ...(annotations && { annotations }), ownerReferences: [owner] },
        spec,
      });
    } catch (error) {
      throw new Error(`create PVC ${name}: ${(error as Error).message}`, { cause: error });
    }
  }
}
