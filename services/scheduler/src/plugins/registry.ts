/** All plugins, in the order in which a profile runs them by default and with their default weights, which are upstream's. */
import type { Fields } from '../config/fields.ts';
import type { Plugin } from '../framework/plugin.ts';
import type { PluginContext } from '../framework/plugin-context.ts';
import { defaultBinder } from './default-binder/default-binder.ts';
import { defaultPreemption, readDefaultPreemptionArgs } from './default-preemption/default-preemption.ts';
import { dynamicResources } from './dynamic-resources/dynamic-resources.ts';
import { imageLocality } from './image-locality/image-locality.ts';
import { interPodAffinity, readInterPodAffinityArgs } from './inter-pod-affinity/inter-pod-affinity.ts';
import { nodeAffinity, readNodeAffinityArgs } from './node-affinity/node-affinity.ts';
import { nodeName } from './node-name/node-name.ts';
import { nodePorts } from './node-ports/node-ports.ts';
import { nodeResourcesBalancedAllocation } from './node-resources-balanced-allocation/node-resources-balanced-allocation.ts';
import { readNodeResourcesFitArgs, readResources } from './node-resources-fit/args.ts';
import { nodeResourcesFit } from './node-resources-fit/node-resources-fit.ts';
import { nodeUnschedulable } from './node-unschedulable/node-unschedulable.ts';
import { nodeVolumeLimits } from './node-volume-limits/node-volume-limits.ts';
import { readPodTopologySpreadArgs } from './pod-topology-spread/constraints.ts';
import { podTopologySpread } from './pod-topology-spread/pod-topology-spread.ts';
import { prioritySort } from './priority-sort/priority-sort.ts';
import { schedulingGates } from './scheduling-gates/scheduling-gates.ts';
import { taintToleration } from './taint-toleration/taint-toleration.ts';
import { readVolumeBindingArgs, volumeBinding } from './volume-binding/volume-binding.ts';
import { volumeRestrictions } from './volume-restrictions/volume-restrictions.ts';
import { volumeZone } from './volume-zone/volume-zone.ts';

export interface RegistryEntry {
  name: string;
  /** Of its score, where that is not 1. */
  weight?: number;
  /** Sorts the queue. */
  isSort?: boolean;
  /** Reads the plugin's arguments; what it returns makes the plugin. */
  configure(args: Fields): (context: PluginContext) => Plugin;
}

const entry = <A>(
  name: string,
  { weight, read, make }: { weight?: number; read(args: Fields): A; make(context: PluginContext, args: A): Plugin },
): RegistryEntry => ({
  name,
  ...(weight !== undefined && { weight }),
  configure(fields) {
    const args = read(fields);
    return (context) => make(context, args);
  },
});

/** Without arguments. */
const plain = (plugin: Plugin, weight?: number): RegistryEntry => ({
  name: plugin.name,
  ...(weight !== undefined && { weight }),
  ...(plugin.less && { isSort: true }),
  configure: () => () => plugin,
});

export const registry: readonly RegistryEntry[] = [
  plain(schedulingGates),
  plain(prioritySort),
  plain(nodeUnschedulable),
  plain(nodeName),
  plain(taintToleration, 3),
  entry('NodeAffinity', { weight: 2, read: readNodeAffinityArgs, make: (_, args) => nodeAffinity(args) }),
  plain(nodePorts),
  entry('NodeResourcesFit', { read: readNodeResourcesFitArgs, make: nodeResourcesFit }),
  entry('VolumeRestrictions', { read: () => undefined, make: volumeRestrictions }),
  entry('NodeVolumeLimits', { read: () => undefined, make: nodeVolumeLimits }),
  entry('VolumeBinding', { read: readVolumeBindingArgs, make: volumeBinding }),
  entry('VolumeZone', { read: () => undefined, make: volumeZone }),
  entry('PodTopologySpread', { weight: 2, read: readPodTopologySpreadArgs, make: podTopologySpread }),
  entry('InterPodAffinity', { weight: 2, read: readInterPodAffinityArgs, make: interPodAffinity }),
  plain(dynamicResources),
  entry('DefaultPreemption', { read: readDefaultPreemptionArgs, make: defaultPreemption }),
  entry('NodeResourcesBalancedAllocation', {
    read: (fields) => ({ resources: readResources(fields, 1) }),
    make: (_, args) => nodeResourcesBalancedAllocation(args),
  }),
  plain(imageLocality),
  entry('DefaultBinder', { read: () => undefined, make: defaultBinder }),
];
