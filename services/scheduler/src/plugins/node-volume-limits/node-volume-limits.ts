/** How many volumes of a CSI driver can be attached to a node, as its CSINode tells. */
import { type CSINode, csiNodeKind } from '@t8s/api';
import { ifOwnChanges } from '../../framework/cluster-event.ts';
import type { Plugin, Rejection } from '../../framework/plugin.ts';
import type { PluginContext } from '../../framework/plugin-context.ts';
import type { PodInfo } from '../../framework/pod-info.ts';
import { volumeView } from '../../volumes/volume-view.ts';

const exceeded: Rejection = { code: 'Unschedulable', reasons: ['node(s) exceed max volume count'] };

/** `driver/volume`: one attachment, however many pods use it. */
type Attachment = { driver: string; id: string };

export function nodeVolumeLimits(context: PluginContext): Plugin<readonly Attachment[]> {
  const view = volumeView(context);
  const csiNodes = context.informers.informer<CSINode>(csiNodeKind);
  csiNodes.addHandler({
    added: (now) => context.changed({ resource: 'CSINode', now }),
    updated: (now, old) => context.changed({ resource: 'CSINode', now, old }),
  });

  /** A claim that has no volume yet will have one of its class's driver. */
  const attachmentsOf = (info: PodInfo): Attachment[] =>
    view.claimsOf(info).flatMap(({ key }) => {
      const claim = view.claims.get(key);
      if (!claim) return [];
      const volume = view.volumes.get(claim.spec.volumeName ?? '');
      if (volume) return volume.spec.csi ? [{ driver: volume.spec.csi.driver, id: volume.spec.csi.volumeHandle }] : [];
      const driver = view.classOf(claim)?.provisioner;
      return driver === undefined ? [] : [{ driver, id: `claim ${key}` }];
    });

  return {
    name: 'NodeVolumeLimits',
    hints: {
      AssignedPod: (_, { now, old }) => !now && old !== undefined && view.claimsOf(old).length > 0,
      CSINode: () => true,
      PersistentVolumeClaim: view.isUsed,
      UnschedulablePod: ifOwnChanges(({ spec }) => spec.volumes),
    },
    sign: (info) => view.claimsOf(info).map(({ key }) => key),

    preFilter(info) {
      const attachments = attachmentsOf(info);
      return attachments.length === 0 ? { skip: true } : { state: attachments };
    },

    filter(_, { name, pods }, attachments) {
      const limits = new Map(
        (csiNodes.get(name)?.spec.drivers ?? []).flatMap((driver) =>
          driver.allocatable?.count === undefined ? [] : [[driver.name, driver.allocatable.count]],
        ),
      );
      const limited = attachments.filter(({ driver }) => limits.has(driver));
      if (limited.length === 0) return undefined;
      const there = [...pods.values()].flatMap(attachmentsOf);
      for (const driver of new Set(limited.map((one) => one.driver))) {
        const idsOf = (all: readonly Attachment[]): string[] => all.filter((one) => one.driver === driver).map(({ id }) => id);
        const attached = new Set(idsOf(there));
        const ids = new Set([...attached, ...idsOf(limited)]);
        // What is attached already takes no more room, even where there are too many.
        if (ids.size > attached.size && ids.size > (limits.get(driver) ?? 0)) return exceeded;
      }
      return undefined;
    },
  };
}
