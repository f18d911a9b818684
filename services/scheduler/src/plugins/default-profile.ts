import type { Plugin } from '../framework/plugin.ts';
import type { PluginContext } from '../framework/plugin-context.ts';
import { defaultBinder } from './default-binder/default-binder.ts';
import { imageLocality } from './image-locality/image-locality.ts';
import { interPodAffinity } from './inter-pod-affinity/inter-pod-affinity.ts';
import { nodeAffinity } from './node-affinity/node-affinity.ts';
import { nodeName } from './node-name/node-name.ts';
import { nodePorts } from './node-ports/node-ports.ts';
import { nodeResourcesBalancedAllocation } from './node-resources-balanced-allocation/node-resources-balanced-allocation.ts';
import { nodeResourcesFit } from './node-resources-fit/node-resources-fit.ts';
import { nodeUnschedulable } from './node-unschedulable/node-unschedulable.ts';
import { podTopologySpread } from './pod-topology-spread/pod-topology-spread.ts';
import { prioritySort } from './priority-sort/priority-sort.ts';
import { schedulingGates } from './scheduling-gates/scheduling-gates.ts';
import { taintToleration } from './taint-toleration/taint-toleration.ts';
import { unsupportedConstraints } from './unsupported-constraints/unsupported-constraints.ts';

/** The plugins of `default-scheduler`, in upstream's order and with its weights. The first filter that rejects a node gives the reason. */
export function defaultProfile({
  client,
  workloadSelector,
  namespaceLabels,
}: Pick<PluginContext, 'client' | 'workloadSelector' | 'namespaceLabels'>): { plugin: Plugin; weight?: number }[] {
  return [
    { plugin: schedulingGates },
    { plugin: prioritySort },
    { plugin: unsupportedConstraints },
    { plugin: nodeUnschedulable },
    { plugin: nodeName },
    { plugin: taintToleration, weight: 3 },
    { plugin: nodeAffinity, weight: 2 },
    { plugin: nodePorts },
    { plugin: nodeResourcesFit, weight: 1 },
    { plugin: podTopologySpread({ workloadSelector }), weight: 2 },
    { plugin: interPodAffinity({ namespaceLabels }), weight: 2 },
    { plugin: nodeResourcesBalancedAllocation, weight: 1 },
    { plugin: imageLocality, weight: 1 },
    { plugin: defaultBinder({ client }) },
  ];
}
