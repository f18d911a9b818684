import { ifOwnChanges } from '../../framework/cluster-event.ts';
import { amountsOf, type NodeInfo } from '../../framework/node-info.ts';
import type { Plugin, Rejection } from '../../framework/plugin.ts';
import type { PluginContext } from '../../framework/plugin-context.ts';
import type { PodInfo } from '../../framework/pod-info.ts';
import { requestsKey } from '../../framework/pod-requests.ts';
import { amountOf, holds, namesIn, type Resources } from '../../framework/resources.ts';
import type { NodeResourcesFitArgs } from './args.ts';
import { mayFit } from './may-fit.ts';
import { scorerOf } from './scoring-strategy.ts';

/** Requests must fit beside those of the pods already there; nodes score by how much is left, or used, as the strategy has it. */
export function nodeResourcesFit(
  { cache }: Pick<PluginContext, 'cache'>,
  { ignoredResources, ignoredResourceGroups, scoringStrategy }: NodeResourcesFitArgs,
): Plugin {
  const isIgnored = (name: string): boolean =>
    isExtended(name) && (ignoredResources.has(name) || ignoredResourceGroups.has(name.split('/', 1)[0] ?? ''));
  const asked = ({ requests: { stated } }: PodInfo): Resources => ({
    ...stated,
    scalars: Object.fromEntries(Object.entries(stated.scalars ?? {}).filter(([name]) => !isIgnored(name))),
  });
  return {
    name: 'NodeResourcesFit',
    hints: {
      Node(pod, { now, old }) {
        if (!now) return false;
        const wanted = asked(pod);
        const { allocatable, allowedPods } = amountsOf(now);
        if (allowedPods === 0 || !holds(allocatable, wanted)) return false;
        if (!old) return true;
        const before = amountsOf(old);
        return allowedPods > before.allowedPods || isMore(wanted, allocatable, before.allocatable);
      },
      // What went was in some pod's way; what stays may have shrunk. Whom a node is nominated to does not preempt again.
      AssignedPod(pod, { now, old }) {
        if (!old || (now && !isMore(asked(pod), old.requests.stated, now.requests.stated))) return false;
        const node = cache.node(old.pod.spec.nodeName ?? '');
        const mayPreempt = pod.pod.spec.preemptionPolicy !== 'Never' && cache.nominationOf(pod.uid) === undefined;
        return node === undefined || mayFit({ pod, asked: asked(pod), node, mayPreempt });
      },
      UnschedulablePod: ifOwnChanges((pod) => requestsKey(pod.spec)),
    },
    sign: ({ requests }) => requests.key,
    filter: (pod, node) => fits(pod, node, isIgnored),
    score: scorerOf(scoringStrategy),
  };
}

/** More of something that is wanted than there was. */
const isMore = (wanted: Resources, amounts: Resources, before: Resources): boolean =>
  namesIn(wanted).some((name) => amountOf(amounts, name) > amountOf(before, name));

/** Not one of Kubernetes' own, such as huge pages. */
const isExtended = (name: string): boolean => name.includes('/') && !name.includes('kubernetes.io/');

function fits({ requests: { stated } }: PodInfo, node: NodeInfo, isIgnored: (name: string) => boolean): Rejection | undefined {
  const { allocatable, requested } = node;
  let reasons: string[] | undefined;
  let unresolvable = false;
  const check = (name: string, wanted: number, used: number, capacity: number): void => {
    if (wanted === 0 || wanted <= capacity - used) return;
    reasons = [...(reasons ?? []), `Insufficient ${name}`];
    unresolvable ||= wanted > capacity;
  };
  if (node.pods.size + 1 > node.allowedPods) reasons = ['Too many pods'];
  check('cpu', stated.milliCpu, requested.milliCpu, allocatable.milliCpu);
  check('memory', stated.memory, requested.memory, allocatable.memory);
  check('ephemeral-storage', stated.ephemeralStorage, requested.ephemeralStorage, allocatable.ephemeralStorage);
  if (stated.scalars)
    for (const [name, wanted] of Object.entries(stated.scalars))
      if (!isIgnored(name)) check(name, wanted, requested.scalars?.[name] ?? 0, allocatable.scalars?.[name] ?? 0);
  return reasons && { code: unresolvable ? 'UnschedulableAndUnresolvable' : 'Unschedulable', reasons };
}
