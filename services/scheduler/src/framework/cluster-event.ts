/** What changes in a cluster, as plugins are asked whether it may help a pod that they rejected (queueing hints, KEP-4247). */
import type {
  CSIDriver,
  CSINode,
  CSIStorageCapacity,
  Namespace,
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  StorageClass,
  VolumeAttachment,
} from '@t8s/api';
import type { PodInfo } from './pod-info.ts';

export interface EventObjects {
  Node: Node;
  /** Pods that have a node; one that is given up before it is bound has left it. */
  AssignedPod: PodInfo;
  /** The waiting pod itself. */
  UnschedulablePod: PodInfo;
  Namespace: Namespace;
  PersistentVolume: PersistentVolume;
  PersistentVolumeClaim: PersistentVolumeClaim;
  StorageClass: StorageClass;
  CSINode: CSINode;
  CSIDriver: CSIDriver;
  CSIStorageCapacity: CSIStorageCapacity;
  VolumeAttachment: VolumeAttachment;
}

/** Without `old` the object came, without `now` it went. */
export interface Change<T> {
  now?: T | undefined;
  old?: T | undefined;
}

export type ClusterEvent = { [R in keyof EventObjects]: { resource: R } & Change<EventObjects[R]> }[keyof EventObjects];

/**
 * For each kind of change that can turn the plugin's rejection into consent, whether this one may. What is not named never helps.
 * Asked for every pod that the plugin rejected: cheap, and rather yes than no.
 */
export type Hints = { readonly [R in keyof EventObjects]?: (waiting: PodInfo, change: Change<EventObjects[R]>) => boolean };

/** A hint for changes of the waiting pod itself: helped where what is read of it has changed. */
export const ifOwnChanges =
  (read: (pod: Pod) => unknown) =>
  (waiting: PodInfo, { now, old }: Change<PodInfo>): boolean =>
    now?.uid === waiting.uid && JSON.stringify(read(now.pod)) !== JSON.stringify(old && read(old.pod));

/** A hint for nodes that come, or get other labels. */
export const ifLabelsChange = (_: PodInfo, { now, old }: Change<Node>): boolean =>
  now !== undefined && (!old || JSON.stringify(now.metadata.labels) !== JSON.stringify(old.metadata.labels));

/** As upstream's metrics name it: `NodeAdd`, `AssignedPodDelete`. */
export function eventName({ resource, now, old }: ClusterEvent): string {
  return `${resource}${old === undefined ? 'Add' : now === undefined ? 'Delete' : 'Update'}`;
}
