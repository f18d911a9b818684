/** Indexes of the shared pod cache, so that an owner's reconcile costs its own pods and not its namespace's. */
import type { Pod } from '@t8s/api';
import type { Informer } from '@t8s/informer';
import { controllerOf, type KubeObject } from '@t8s/meta';

/** `controller`: by the uid of the managing controller. `node`: by node name. `orphan`: by namespace, the pods without one. */
export const podIndexers = {
  controller: (pod: KubeObject): string[] => {
    const uid = controllerOf(pod)?.uid;
    return uid === undefined ? [] : [uid];
  },
  node: (pod: Pod): string[] => (pod.spec.nodeName ? [pod.spec.nodeName] : []),
  orphan: (pod: KubeObject): string[] => (controllerOf(pod) ? [] : [pod.metadata.namespace ?? '']),
};

/** The pods that `owner` controls and those of its namespace that it might adopt. */
export function podsOf(pods: Informer<Pod>, owner: KubeObject): Pod[] {
  return [...pods.byIndex('controller', owner.metadata.uid ?? ''), ...pods.byIndex('orphan', owner.metadata.namespace ?? '')];
}
