import { type PodDisruptionBudget, podDisruptionBudgetKind } from '@t8s/api';
import { invalidValue } from '@t8s/meta';
import type { Fields } from '../../config/fields.ts';
import { available, histogram } from '../../cycle/fit-error.ts';
import type { NodeInfo } from '../../framework/node-info.ts';
import type { FailedSearch, Plugin, Rejection } from '../../framework/plugin.ts';
import type { PluginContext } from '../../framework/plugin-context.ts';
import type { PodInfo } from '../../framework/pod-info.ts';
import { dropLowerNominations, evictVictim } from './evict-victims.ts';
import { pickCandidate } from './pick-candidate.ts';
import { type Candidate, selectVictims } from './victims.ts';

export interface DefaultPreemptionArgs {
  /** How many candidates to find before one is picked: a share of the nodes, and at least so many. */
  minCandidateNodesPercentage: number;
  minCandidateNodesAbsolute: number;
}

export function readDefaultPreemptionArgs(fields: Fields): DefaultPreemptionArgs {
  const args = {
    minCandidateNodesPercentage: fields.integer('minCandidateNodesPercentage', 10, { min: 0, max: 100 }),
    minCandidateNodesAbsolute: fields.integer('minCandidateNodesAbsolute', 100, { min: 0 }),
  };
  if (args.minCandidateNodesPercentage === 0 && args.minCandidateNodesAbsolute === 0) {
    const says = 'cannot be zero at the same time as minCandidateNodesAbsolute';
    fields.errors.push(invalidValue(fields.at('minCandidateNodesPercentage'), 0, says));
  }
  return args;
}

const notHelpful = 'Preemption is not helpful for scheduling';

/**
 * Makes room for a pod that no node takes by deleting pods of lower priority, and nominates the node to it
 * (https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/). The pod is tried again when they are gone.
 */
export function defaultPreemption(context: PluginContext, args: DefaultPreemptionArgs): Plugin {
  const { cache, informers, log, metrics, random, activate, ungate } = context;
  const budgets = informers.informer<PodDisruptionBudget>(podDisruptionBudgetKind);
  /** Pods whose victims are being deleted, with the last of these when the others are. */
  const preempting = new Map<string, { node: string; uid: string } | undefined>();
  /** Before its last victim is seen to go, a pod would only choose more of them. */
  const isPreempting = (uid: string): boolean => {
    const last = preempting.get(uid);
    if (!last) return preempting.has(uid);
    const victim = cache.node(last.node)?.pods.get(last.uid);
    if (victim && victim.pod.metadata.deletionTimestamp === undefined) return true;
    preempting.delete(uid);
    return false;
  };

  const candidatesFor = (info: PodInfo, search: FailedSearch, nodes: readonly NodeInfo[]): Candidate[] | Map<NodeInfo, Rejection> => {
    const share = Math.floor((nodes.length * args.minCandidateNodesPercentage) / 100);
    const wanted = Math.min(nodes.length, Math.max(share, args.minCandidateNodesAbsolute));
    const budgetsOf = (namespace: string) => budgets.byIndex('namespace', namespace);
    const offset = Math.floor(random() * nodes.length);
    const candidates: Candidate[] = [];
    const rejections = new Map<NodeInfo, Rejection>();
    for (let i = 0; i < nodes.length; i++) {
      const node = nodes[(offset + i) % nodes.length] as NodeInfo;
      const found = selectVictims({ info, node, cluster: cache, search, budgetsOf });
      if ('victims' in found) candidates.push(found);
      else rejections.set(node, found);
      if (candidates.length >= wanted && candidates.some(({ violations }) => violations === 0)) break;
    }
    return candidates.length > 0 ? candidates : rejections;
  };

  const evict = async (preemptor: PodInfo, candidate: Candidate): Promise<void> => {
    const [last, ...others] = [...candidate.victims].reverse();
    const evictOne = (victim: PodInfo) => evictVictim(preemptor, victim, { node: candidate.node.name, context });
    preempting.set(preemptor.uid, undefined);
    try {
      await dropLowerNominations(preemptor, candidate, context);
      await Promise.all(others.map(evictOne));
      // The going of the last one is what the pod is to be woken by.
      if (last) {
        preempting.set(preemptor.uid, { node: candidate.node.name, uid: last.uid });
        await evictOne(last);
      } else preempting.delete(preemptor.uid);
      ungate(preemptor);
    } catch (error) {
      preempting.delete(preemptor.uid);
      log.warn({ pod: preemptor.key, node: candidate.node.name, err: error }, 'preemption failed');
      activate(preemptor);
    }
  };

  const preempt = (info: PodInfo, search: FailedSearch): { victims: number; nominate?: string; message?: string } => {
    const obstacle = obstacleTo(info, search, cache.node(cache.nominationOf(info.uid) ?? ''));
    if (obstacle !== undefined) return { victims: 0, message: obstacle };
    const nodes = cache.nodes.filter((node) => search.verdictOf(node)?.code === 'Unschedulable');
    const found = candidatesFor(info, search, nodes);
    const best = Array.isArray(found) ? pickCandidate(found) : undefined;
    if (best) {
      void evict(info, best);
      return { victims: best.victims.length, nominate: best.node.name };
    }
    const rejections = Array.isArray(found) ? [] : [...found.values()];
    const counts = histogram(rejections, [notHelpful, cache.nodeCount - rejections.length]);
    return { victims: 0, nominate: '', message: `${available(cache.nodeCount)}: ${counts}.` };
  };

  return {
    name: 'DefaultPreemption',
    hints: { AssignedPod: ({ uid }, { now, old }) => preempting.get(uid)?.uid === (now ?? old)?.uid },

    preEnqueue({ uid }) {
      if (!isPreempting(uid)) return undefined;
      return { code: 'Unschedulable', reasons: ['waiting for the preemption for this pod to be finished'] };
    },

    postFilter(info, search) {
      const { victims, message, ...result } = preempt(info, search);
      metrics.preempted(victims);
      return { ...result, ...(message !== undefined && { message: `preemption: ${message}` }) };
    },
  };
}

/** Why the pod may not preempt (again). */
function obstacleTo({ pod, priority }: PodInfo, search: FailedSearch, nominated: NodeInfo | undefined): string | undefined {
  if (pod.spec.preemptionPolicy === 'Never') return 'not eligible due to preemptionPolicy=Never.';
  // Where the node can't take the pod whoever leaves it, another is looked for.
  if (!nominated || search.verdictOf(nominated)?.code === 'UnschedulableAndUnresolvable') return undefined;
  const isGoingForIt = (there: PodInfo): boolean => there.priority < priority && isPreempted(there);
  return [...nominated.pods.values()].some(isGoingForIt) ? 'not eligible due to a terminating pod on the nominated node.' : undefined;
}

const isPreempted = ({ pod: { metadata, status } }: PodInfo): boolean =>
  metadata.deletionTimestamp !== undefined &&
  status?.conditions?.some(
    ({ type, status: is, reason }) => type === 'DisruptionTarget' && is === 'True' && reason === 'PreemptionByScheduler',
  ) === true;
