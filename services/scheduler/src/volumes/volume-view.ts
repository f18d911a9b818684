/** Claims, volumes and classes as the scheduler sees them, and which of them a pod uses. */
import {
  claimName,
  isBound,
  type PersistentVolume,
  type PersistentVolumeClaim,
  persistentVolumeClaimKind,
  persistentVolumeKind,
  type StorageClass,
  storageClassKind,
  storageClassOf,
} from '@t8s/api';
import type { Informer, InformerSet } from '@t8s/informer';
import { objectKey } from '@t8s/meta';
import type { Change } from '../framework/cluster-event.ts';
import type { PluginContext } from '../framework/plugin-context.ts';
import type { PodInfo } from '../framework/pod-info.ts';

/** A claim that a pod uses; undefined where it is not there. */
export interface UsedClaim {
  key: string;
  name: string;
  /** It comes and goes with the pod. */
  isEphemeral: boolean;
}

export interface VolumeView {
  claims: Informer<PersistentVolumeClaim>;
  volumes: Informer<PersistentVolume>;
  classes: Informer<StorageClass>;
  /** Nothing for most pods. */
  claimsOf(info: PodInfo): readonly UsedClaim[];
  classOf(claim: PersistentVolumeClaim): StorageClass | undefined;
  /** The volume that a claim is bound to. */
  boundVolume(claim: PersistentVolumeClaim): PersistentVolume | undefined;
  /** A hint for changes of claims: whether the pod uses the one in question. */
  isUsed(waiting: PodInfo, change: Change<PersistentVolumeClaim>): boolean;
  /** Calls `look` after each change of the claim with this key; the function returned ends that. */
  onClaim(key: string, look: () => void): () => void;
}

const views = new WeakMap<InformerSet, VolumeView>();
const none: readonly UsedClaim[] = [];

/** One for all plugins and profiles of a scheduler. Every change of what it shows makes results anew and wakes pods that hope for it. */
export function volumeView(context: PluginContext): VolumeView {
  const known = views.get(context.informers);
  if (known) return known;
  const view = makeView(context);
  views.set(context.informers, view);
  return view;
}

function makeView({ informers, changed }: PluginContext): VolumeView {
  const claims = informers.informer(persistentVolumeClaimKind);
  const volumes = informers.informer(persistentVolumeKind, { indexers: { class: (volume: PersistentVolume) => [storageClassOf(volume)] } });
  const classes = informers.informer(storageClassKind);
  const looking = new Map<string, Set<() => void>>();
  follow(claims, ({ now, old }) => {
    changed({ resource: 'PersistentVolumeClaim', now, old });
    const claim = now ?? old;
    if (claim) for (const look of looking.get(objectKey(claim)) ?? []) look();
  });
  follow(volumes, (change) => changed({ resource: 'PersistentVolume', ...change }));
  follow(classes, (change) => changed({ resource: 'StorageClass', ...change }));
  const used = new WeakMap<PodInfo, readonly UsedClaim[]>();
  const claimsOf = (info: PodInfo): readonly UsedClaim[] => {
    if (info.pod.spec.volumes === undefined) return none;
    const found = used.get(info) ?? usedClaims(info);
    used.set(info, found);
    return found;
  };
  return {
    claims,
    volumes,
    classes,
    claimsOf,
    isUsed(waiting, { now, old }) {
      const claim = now ?? old;
      return claim !== undefined && claimsOf(waiting).some(({ key }) => key === objectKey(claim));
    },
    classOf: (claim) => classes.get(storageClassOf(claim)),
    boundVolume: (claim) => (isBound(claim) ? volumes.get(claim.spec.volumeName ?? '') : undefined),
    onClaim(key, look) {
      const looks = looking.get(key) ?? new Set();
      looking.set(key, looks.add(look));
      return () => {
        if (looks.delete(look) && looks.size === 0) looking.delete(key);
      };
    },
  };
}

function usedClaims({ pod }: PodInfo): readonly UsedClaim[] {
  const found = (pod.spec.volumes ?? []).flatMap((volume): UsedClaim[] => {
    const name = claimName(pod, volume);
    return name === undefined ? [] : [{ name, key: `${pod.metadata.namespace}/${name}`, isEphemeral: volume.ephemeral !== undefined }];
  });
  return found.length === 0 ? none : found;
}

function follow<T extends PersistentVolumeClaim | PersistentVolume | StorageClass>(
  informer: Informer<T>,
  tell: (change: Change<T>) => void,
): void {
  informer.addHandler({
    added: (now) => tell({ now }),
    updated: (now, old) => tell({ now, old }),
    deleted: (old) => tell({ old }),
  });
}
