import type { Namespace } from '@t8s/api';
import type { KubeObject } from '@t8s/meta';
import type { RegistryHooks } from '../hooks.ts';

/** A namespace goes when the namespace controller has emptied it and taken its finalizer out of the spec. */
export const namespaceHooks: RegistryHooks = {
  isHeld: (object) => ((object as Namespace).spec.finalizers ?? []).length > 0,
  markDeleting(object: KubeObject) {
    (object as Namespace).status = { ...(object as Namespace).status, phase: 'Terminating' };
  },
};
