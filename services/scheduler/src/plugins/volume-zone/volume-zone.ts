/** Volumes that say by labels where they are can be used there only. */
import type { Node, PersistentVolume } from '@t8s/api';
import { ifLabelsChange, ifOwnChanges } from '../../framework/cluster-event.ts';
import type { Plugin, Rejection } from '../../framework/plugin.ts';
import type { PluginContext } from '../../framework/plugin-context.ts';
import { volumeView } from '../../volumes/volume-view.ts';

const conflict: Rejection = { code: 'UnschedulableAndUnresolvable', reasons: ['node(s) had no available volume zone'] };

/** Labels of volumes, each with the name under which nodes may have it as well: today's for the older ones. */
const topologyLabels: Record<string, string> = {
  'topology.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region': 'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region': 'topology.kubernetes.io/region',
};

interface Place {
  label: string;
  values: readonly string[];
}

export function volumeZone(context: PluginContext): Plugin<readonly Place[]> {
  const view = volumeView(context);
  return {
    name: 'VolumeZone',
    hints: {
      Node: ifLabelsChange,
      PersistentVolume: (_, { now, old }) => now !== undefined && (!old || JSON.stringify(placesOf(now)) !== JSON.stringify(placesOf(old))),
      PersistentVolumeClaim: view.isUsed,
      StorageClass: (_, { old }) => !old,
      UnschedulablePod: ifOwnChanges(({ spec }) => spec.volumes),
    },
    sign: (info) => view.claimsOf(info).map(({ key }) => key),

    preFilter(info) {
      const places = view.claimsOf(info).flatMap(({ key }) => {
        const claim = view.claims.get(key);
        const volume = claim && view.boundVolume(claim);
        return volume ? placesOf(volume) : [];
      });
      return places.length === 0 ? { skip: true } : { state: places };
    },

    filter: (_, { node }, places) => (node && places.every((place) => isThere(node, place)) ? undefined : conflict),
  };
}

/** One volume may be in several zones: `a__b`. */
const placesOf = ({ metadata }: PersistentVolume): Place[] =>
  Object.keys(topologyLabels).flatMap((label) => {
    const text = metadata.labels?.[label];
    return text === undefined ? [] : [{ label, values: text.split('__') }];
  });

/** Clusters whose nodes say nothing of zones have one. */
function isThere({ metadata: { labels = {} } }: Node, { label, values }: Place): boolean {
  if (Object.keys(topologyLabels).every((one) => labels[one] === undefined)) return true;
  const value = labels[label] ?? labels[topologyLabels[label] ?? ''];
  return value !== undefined && values.includes(value);
}
