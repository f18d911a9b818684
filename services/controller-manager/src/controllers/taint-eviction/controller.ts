/** Evicts pods from nodes whose NoExecute taints they don't tolerate, or no longer. */
import { isDeepStrictEqual } from 'node:util';
import { nodeKind, type Pod, podKind } from '@t8s/api';
import { Controller } from '@t8s/controller';
import { ifUnchanged, objectKey } from '@t8s/meta';
import type { ControllerContext } from '../../context.ts';
import { withKind } from '../../pods/claim.ts';
import { podIndexers } from '../../pods/indexers.ts';
import { patchStatus } from '../../pods/patch-status.ts';
import { evictionTime } from './eviction-time.ts';

export function taintEvictionController({ client, informers, events, clock, log }: ControllerContext): Controller {
  const recorder = events('taint-eviction-controller');
  const nodes = informers.informer(nodeKind);
  const pods = informers.informer(podKind, { indexers: podIndexers });
  /** Since when the pods wait that will go in time. */
  const scheduled = new Map<string, number>();
  const controller = new Controller({ name: 'taint-eviction', informers: [nodes, pods], reconcile, workers: 8, log, clock });
  const isTainted = (name: string | undefined): boolean =>
    nodes.get(name ?? '')?.spec.taints?.some((t) => t.effect === 'NoExecute') ?? false;
  controller.watch(nodes, (node, old) =>
    noExecute(node.spec.taints) === noExecute(old?.spec.taints) ? [] : pods.byIndex('node', node.metadata.name ?? '').map(objectKey),
  );
  // Not what this controller itself writes of a pod that it deletes.
  const isSame = ({ spec }: Pod, { spec: old }: Pod): boolean =>
    spec.nodeName === old.nodeName && isDeepStrictEqual(spec.tolerations, old.tolerations);
  controller.watch(pods, (pod, old) =>
    !(old && isSame(pod, old)) && (isTainted(pod.spec.nodeName) || scheduled.has(objectKey(pod))) ? [objectKey(pod)] : [],
  );
  return controller;

  async function reconcile(key: string): Promise<{ requeueAfter: number } | undefined> {
    const pod = pods.get(key);
    const since = scheduled.get(key);
    scheduled.delete(key);
    if (!pod?.spec.nodeName || pod.metadata.deletionTimestamp) return undefined;
    const at = evictionTime(pod, nodes.get(pod.spec.nodeName)?.spec.taints ?? [], since ?? clock.now());
    if (at === undefined) {
      if (since !== undefined)
        recorder.event(withKind(podKind, pod), 'Normal', 'TaintManagerEviction', `Cancelling deletion of Pod ${key}`);
      return undefined;
    }
    if (at > clock.now()) {
      scheduled.set(key, since ?? clock.now());
      return { requeueAfter: at - clock.now() };
    }
    const { namespace, name = '', uid } = pod.metadata;
    recorder.event(withKind(podKind, pod), 'Normal', 'TaintManagerEviction', `Marking for deletion Pod ${key}`);
    const condition = {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'DeletionByTaintManager',
      message: 'Taint manager: deleting due to NoExecute taint',
    };
    const marked = await ifUnchanged(patchStatus(client, pod, { condition }, clock.now()));
    if (marked) await ifUnchanged(client.resource(podKind).delete({ namespace, name }, { preconditions: { uid } }));
    return undefined;
  }
}

const noExecute = (taints: { key: string; effect: string; value?: string }[] | undefined): string =>
  JSON.stringify((taints ?? []).filter((t) => t.effect === 'NoExecute'));
