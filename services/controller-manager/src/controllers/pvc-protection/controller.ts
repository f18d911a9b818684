/** Keeps claims as long as a pod that has a node uses them: a kubelet starts no pod with a claim that is to go. */
import { claimKeysOf, claimName, type PersistentVolumeClaim, type Pod, persistentVolumeClaimKind, podKind } from '@t8s/api';
import type { Controller } from '@t8s/controller';
import { controllerOf, objectKey } from '@t8s/meta';
import type { ControllerContext } from '../../context.ts';
import { claimIndexers } from '../../pods/indexers.ts';
import { protectionController } from '../../protection.ts';

export function pvcProtection(context: ControllerContext): Controller {
  const { client, informers } = context;
  const pods = informers.informer(podKind, { indexers: claimIndexers });
  const claims = informers.informer(persistentVolumeClaimKind);
  /** By uid, claims that were to go when the API was asked, and had no users: nobody starts to use them after that. */
  const unused = new Set<string>();
  const controller = protectionController(context, {
    name: 'pvcprotection',
    kind: persistentVolumeClaimKind,
    finalizer: 'kubernetes.io/pvc-protection',
    informers: [pods],
    isUsed: async (claim) => {
      if (pods.byIndex('claim', objectKey(claim)).some((pod) => uses(pod, claim))) return true;
      const { uid = '', namespace = '' } = claim.metadata;
      // The cache may be behind: what is taken from under a pod does not come back.
      if (!unused.has(uid)) await look(namespace);
      return !unused.delete(uid);
    },
  });
  pods.addHandler({
    updated: (pod) => isDone(pod) && enqueue(pod),
    deleted: enqueue,
  });
  claims.addHandler({ deleted: ({ metadata }) => unused.delete(metadata.uid ?? '') });
  return controller;

  /** One answer does for all claims of a namespace that are to go. */
  async function look(namespace: string): Promise<void> {
    const going = claims.list().filter(({ metadata }) => metadata.namespace === namespace && metadata.deletionTimestamp);
    const left = new Map(going.map((claim) => [objectKey(claim), claim]));
    for (const pod of (await client.resource(podKind).list({ namespace })).items)
      for (const key of claimKeysOf(pod)) {
        const claim = left.get(key);
        if (claim && uses(pod, claim)) left.delete(key);
      }
    for (const { metadata } of left.values()) unused.add(metadata.uid ?? '');
  }

  function enqueue(pod: Pod): void {
    for (const key of claimKeysOf(pod)) controller.enqueue(key);
  }
}

function uses(pod: Pod, { metadata }: PersistentVolumeClaim): boolean {
  if (!pod.spec.nodeName) return false;
  const isOwn = controllerOf({ metadata })?.uid === pod.metadata.uid;
  return (pod.spec.volumes ?? []).some(
    (volume) => claimName(pod, volume) === metadata.name && (!volume.ephemeral || (isOwn && !isDone(pod))),
  );
}

/** The kubelet has nothing more to do with it; it may yet wait for a finalizer, perhaps for the end of its own claim. */
const isDone = ({ metadata }: Pod): boolean => metadata.deletionTimestamp !== undefined && metadata.deletionGracePeriodSeconds === 0;
