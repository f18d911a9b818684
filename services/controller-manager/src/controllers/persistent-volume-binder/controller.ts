/** Brings claims and volumes together, and sees to volumes whose claim has gone: https://kubernetes.io/docs/concepts/storage/persistent-volumes/ */
import {
  claimKeysOf,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type Pod,
  persistentVolumeClaimKind,
  persistentVolumeKind,
  podKind,
  type StorageClass,
  storageClassKind,
  storageClassOf,
  waitsForConsumer,
} from '@t8s/api';
import { Controller } from '@t8s/controller';
import type { Informer } from '@t8s/informer';
import { ifFound, objectKey } from '@t8s/meta';
import type { ControllerContext } from '../../context.ts';
import { claimIndexers } from '../../pods/indexers.ts';
import { isTerminal, podCondition } from '../../pods/pod-state.ts';
import { HelperPods, helperIndexers } from '../../volumes/helper-pods.ts';
import { syncClaim } from './claims.ts';
import { Market } from './market.ts';
import { isReleased, reclaimer } from './reclaim.ts';
import { syncVolume } from './volumes.ts';
import { Writes } from './writes.ts';

/** What both sides work with. */
export interface Binder {
  claims: Informer<PersistentVolumeClaim>;
  volumes: Informer<PersistentVolume>;
  classes: Informer<StorageClass>;
  /** What is free, and who waits. */
  market: Market;
  /** Brings both back to the market if they are still free. */
  show(volume: PersistentVolume, claim: PersistentVolumeClaim): void;
  writes: Writes;
  /** Whether volumes of the class wait for pods. */
  waits(storageClass: string): boolean;
  event(object: PersistentVolume | PersistentVolumeClaim, type: 'Normal' | 'Warning', reason: string, message: string): void;
  /** As the API has it now. */
  readClaim(namespace: string, name: string): Promise<PersistentVolumeClaim | undefined>;
  /** Pods of a claim's key that have not ended. */
  podsOf(claim: string): Pod[];
  /** Does what the reclaim policy says with a volume that nobody has; called again until it is done. */
  reclaim(volume: PersistentVolume): Promise<void>;
}

const claimKey = (key: string): string => `claim/${key}`;
const volumeKey = (name: string): string => `volume/${name}`;

export function persistentVolumeBinder(
  { client, informers, events, clock, log }: ControllerContext,
  { helperImage }: { helperImage: string },
): Controller {
  const claims = informers.informer(persistentVolumeClaimKind, {
    indexers: {
      volume: ({ spec }: PersistentVolumeClaim) => (spec.volumeName ? [spec.volumeName] : []),
      unbound: (claim: PersistentVolumeClaim) => (claim.spec.volumeName ? [] : [storageClassOf(claim)]),
    },
  });
  const volumes = informers.informer(persistentVolumeKind, {
    indexers: { claim: ({ spec: { claimRef } }: PersistentVolume) => (claimRef ? [`${claimRef.namespace}/${claimRef.name}`] : []) },
  });
  const classes = informers.informer(storageClassKind);
  const pods = informers.informer(podKind, { indexers: claimIndexers });
  const recorder = events('persistentvolume-controller');
  const writes = new Writes(client);
  const market = new Market();
  const binder: Binder = {
    claims,
    volumes,
    classes,
    market,
    show: (volume, claim) => {
      const [nowVolume, nowClaim] = [volumes.get(objectKey(volume)), claims.get(objectKey(claim))];
      if (nowVolume) showVolume(nowVolume);
      if (nowClaim) showClaim(nowClaim);
    },
    writes,
    waits: (name) => {
      const storageClass = classes.get(name);
      return storageClass !== undefined && waitsForConsumer(storageClass);
    },
    event: (object, type, reason, message) => recorder.event(object, type, reason, message),
    readClaim: (namespace, name) => ifFound(client.resource(persistentVolumeClaimKind).get({ namespace, name })),
    podsOf: (claim) => pods.byIndex('claim', claim).filter((pod) => !isTerminal(pod)),
    reclaim: (volume) => reclaim(volume),
  };
  const helpers = new HelperPods({
    client,
    informers,
    image: helperImage,
    clock,
    retry: (key, ms) => controller.enqueueAfter(key, ms),
    heard(key, { type, message }) {
      const volume = volumes.get(key.slice(volumeKey('').length));
      if (volume?.spec.persistentVolumeReclaimPolicy === 'Recycle')
        binder.event(volume, type === 'Warning' ? type : 'Normal', 'RecyclerPod', `Recycler pod: ${message}`);
    },
  });
  const reclaim = reclaimer(binder, helpers, client);
  // One at a time: two claims never look at the same free volume.
  const controller = new Controller({
    name: 'persistentvolume-binder',
    informers: [claims, volumes, classes, ...helpers.informers],
    reconcile,
    log,
    clock,
  });
  const keysOf = (found: readonly PersistentVolumeClaim[]): string[] => found.map((claim) => claimKey(objectKey(claim)));
  const volumesOf = (claim: string): PersistentVolume[] => volumes.byIndex('claim', claim);
  const showVolume = (volume: PersistentVolume): void => void (writes.written.isBehind(volume) || market.showVolume(volume));
  const showClaim = (claim: PersistentVolumeClaim): void => void (writes.written.isBehind(claim) || market.showClaim(claim));
  volumes.addHandler({ added: showVolume, updated: showVolume, deleted: (volume) => forget(volume, () => market.takeVolume(volume)) });
  claims.addHandler({ added: showClaim, updated: showClaim, deleted: (claim) => forget(claim, () => market.takeClaim(claim)) });
  controller.watch(claims, (claim) => [claimKey(objectKey(claim)), ...(claim.spec.volumeName ? [volumeKey(claim.spec.volumeName)] : [])]);
  claims.addHandler({ deleted: (claim) => volumesOf(objectKey(claim)).forEach(enqueueVolume) });
  controller.watch(volumes, (volume) => {
    const { name = '' } = volume.metadata;
    const { claimRef } = volume.spec;
    const named = claimRef ? [claimKey(`${claimRef.namespace}/${claimRef.name}`)] : [];
    return [volumeKey(name), ...keysOf(claims.byIndex('volume', name)), ...named];
  });
  // It may be the default one.
  controller.watch(classes, ({ metadata }) =>
    keysOf([...claims.byIndex('unbound', metadata.name ?? ''), ...claims.byIndex('unbound', '')]),
  );
  controller.watch(pods, (pod) => [
    ...helperIndexers.subject(pod).filter((subject) => subject.startsWith('volume/')),
    // One that has gone, or ended, no longer keeps the volume of a claim that went before it.
    ...claimKeysOf(pod)
      .flatMap(volumesOf)
      .filter(isReleased)
      .map(({ metadata }) => volumeKey(metadata.name ?? '')),
    // One that no node will do for: its claims say whom they wait for.
    ...(podCondition(pod, 'PodScheduled')?.status === 'False' ? claimKeysOf(pod).map(claimKey) : []),
  ]);
  return controller;

  function enqueueVolume({ metadata }: PersistentVolume): void {
    controller.enqueue(volumeKey(metadata.name ?? ''));
  }

  async function reconcile(key: string): Promise<void> {
    const name = key.slice(key.indexOf('/') + 1);
    if (key.startsWith('claim/')) {
      const claim = claims.get(name);
      return claim && !writes.written.isBehind(claim) ? syncClaim(claim, binder) : undefined;
    }
    const volume = volumes.get(name);
    if (!volume || !isReleased(volume)) await helpers.forget(key);
    return volume && !writes.written.isBehind(volume) ? syncVolume(volume, binder) : undefined;
  }

  function forget({ metadata }: PersistentVolume | PersistentVolumeClaim, take: () => void): void {
    writes.written.forget(metadata.uid);
    take();
  }
}
