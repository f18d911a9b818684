import type { Namespace } from '@t8s/api';
import { methodNotAllowed } from '@t8s/meta';
import type { Subresource } from '../../endpoints/dispatch.ts';
import { update } from '../../endpoints/update.ts';
import { keepAllBut, objectRules, type WriteRules } from '../../write-chain.ts';

/** PUT namespaces/x/finalize: sets `spec.finalizers`, and nothing else. */
export const finalizeNamespace: Subresource = async (context, services) => {
  if (context.info.verb !== 'update') throw methodNotAllowed();
  const { validate } = objectRules(context.resource.kind);
  const rules: WriteRules = {
    prepare(object, old = object) {
      const { finalizers } = (object as Namespace).spec;
      keepAllBut('', object, old);
      (object as Namespace).spec = { ...(old as Namespace).spec, finalizers };
      if (!finalizers?.length) delete (object as Namespace).spec.finalizers;
    },
    ...(validate && { validate }),
  };
  await update(context, services, rules);
};
