/** Volumes that no two pods may have: claims for one pod alone, and disks of clouds and servers that can be attached once. */
import type { ISCSIVolumeSource, Pod, RBDVolumeSource, Volume } from '@t8s/api';
import { ifOwnChanges } from '../../framework/cluster-event.ts';
import { NodeSums } from '../../framework/node-sums.ts';
import type { Plugin, Rejection } from '../../framework/plugin.ts';
import type { PluginContext } from '../../framework/plugin-context.ts';
import { volumeView } from '../../volumes/volume-view.ts';

const diskConflict: Rejection = { code: 'Unschedulable', reasons: ['node(s) had no available disk'] };
const claimConflict: Rejection = {
  code: 'Unschedulable',
  reasons: ['node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode'],
};

interface State {
  /** Claims of the pod that are for one pod alone, by key. */
  exclusive: ReadonlySet<string>;
  /** Pods that have one of them, on any node. */
  users: NodeSums<'users'>;
}

export function volumeRestrictions(context: PluginContext): Plugin<State> {
  const view = volumeView(context);
  const stateOf = (exclusive: ReadonlySet<string>): State => ({
    exclusive,
    users: new NodeSums(({ pods }) => {
      const amount = [...pods.values()].filter((pod) => view.claimsOf(pod).some(({ key }) => exclusive.has(key))).length;
      return amount === 0 ? [] : [{ key: 'users', value: '', amount }];
    }),
  });
  return {
    name: 'VolumeRestrictions',
    hints: {
      AssignedPod(waiting, { now, old }) {
        if (now || !old) return false;
        const keys = view.claimsOf(waiting).map(({ key }) => key);
        return sharesDisk(waiting.pod, old.pod) || view.claimsOf(old).some(({ key }) => keys.includes(key));
      },
      PersistentVolumeClaim: view.isUsed,
      UnschedulablePod: ifOwnChanges(({ spec }) => spec.volumes),
    },
    sign: (info) => [view.claimsOf(info).map(({ key }) => key), (info.pod.spec.volumes ?? []).filter(isDisk)],

    preFilter(info) {
      const exclusive = view
        .claimsOf(info)
        .map(({ key }) => key)
        .filter((key) => view.claims.get(key)?.spec.accessModes?.includes('ReadWriteOncePod'));
      const isFree = exclusive.length === 0 && !info.pod.spec.volumes?.some(isDisk);
      return isFree ? { skip: true } : { state: stateOf(new Set(exclusive)) };
    },

    beforeFilter({ exclusive, users }, cluster) {
      if (exclusive.size > 0) users.update(cluster);
    },

    filter(info, { pods }, { users }) {
      if (!users.isEmpty) return claimConflict;
      for (const other of pods.values()) if (sharesDisk(info.pod, other.pod)) return diskConflict;
      return undefined;
    },
  };
}

const isDisk = ({ gcePersistentDisk, awsElasticBlockStore, rbd, iscsi }: Volume): boolean =>
  (gcePersistentDisk ?? awsElasticBlockStore ?? rbd ?? iscsi) !== undefined;

function sharesDisk(pod: Pod, other: Pod): boolean {
  const disks = (pod.spec.volumes ?? []).filter(isDisk);
  if (disks.length === 0) return false;
  const others = (other.spec.volumes ?? []).filter(isDisk);
  return disks.some((disk) => others.some((one) => isSameDisk(disk, one)));
}

/** Two readers may share a disk, except of AWS. */
function isSameDisk(a: Volume, b: Volume): boolean {
  const { gcePersistentDisk: gce, awsElasticBlockStore: aws, rbd, iscsi } = a;
  if (gce && b.gcePersistentDisk) return gce.pdName === b.gcePersistentDisk.pdName && !(gce.readOnly && b.gcePersistentDisk.readOnly);
  if (aws && b.awsElasticBlockStore) return aws.volumeID === b.awsElasticBlockStore.volumeID;
  if (iscsi && b.iscsi) return isSameTarget(iscsi, b.iscsi) && !(iscsi.readOnly && b.iscsi.readOnly);
  if (rbd && b.rbd) return isSameImage(rbd, b.rbd) && !(rbd.readOnly && b.rbd.readOnly);
  return false;
}

const isSameTarget = (a: ISCSIVolumeSource, b: ISCSIVolumeSource): boolean => a.iqn === b.iqn;
const isSameImage = (a: RBDVolumeSource, b: RBDVolumeSource): boolean =>
  a.pool === b.pool && a.image === b.image && a.monitors.some((monitor) => b.monitors.includes(monitor));
