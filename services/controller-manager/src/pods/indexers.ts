/** Indexes of shared caches, so that an owner's reconcile costs its own objects and not its namespace's. */
import { claimKeysOf, type Pod } from '@t8s/api';
import type { Informer } from '@t8s/informer';
import { controllerOf, type KubeObject } from '@t8s/meta';

/** `controller`: by the uid of the managing controller. `orphan`: by namespace, the objects without one. */
export const ownerIndexers = {
  controller: (object: KubeObject): string[] => {
    const uid = controllerOf(object)?.uid;
    return uid === undefined ? [] : [uid];
  },
  orphan: (object: KubeObject): string[] => (controllerOf(object) ? [] : [object.metadata.namespace ?? '']),
};

/** `node`: by node name. */
export const podIndexers = { ...ownerIndexers, node: (pod: Pod): string[] => (pod.spec.nodeName ? [pod.spec.nodeName] : []) };

/** `claim`: by the keys of the claims a pod may use. */
export const claimIndexers = { claim: claimKeysOf };

/** The objects that `owner` controls and those of its namespace that it might adopt. */
export function candidatesOf<T extends KubeObject>(objects: Informer<T>, owner: KubeObject): T[] {
  return [...objects.byIndex('controller', owner.metadata.uid ?? ''), ...objects.byIndex('orphan', owner.metadata.namespace ?? '')];
}
