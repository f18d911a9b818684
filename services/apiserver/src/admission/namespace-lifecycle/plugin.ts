import type { Namespace } from '@t8s/api';
import { forbidden, notFound, StatusError } from '@t8s/meta';
import { findObject } from '../../registry/find-object.ts';
import type { ObjectStore } from '../../registry/object-store.ts';
import type { Write } from '../../write-chain.ts';
import type { AdmissionPlugin } from '../plugin.ts';

const immortal = new Set(['default', 'kube-system', 'kube-public']);

/** Nothing is created in a namespace that does not exist or is on its way out; the system's own are not deleted. */
export function namespaceLifecycle(objects: ObjectStore): AdmissionPlugin {
  return {
    name: 'NamespaceLifecycle',
    async mutate({ resource: { kind }, object, old }: Write) {
      if (!kind.namespaced || old !== undefined) return;
      const name = object.metadata.namespace ?? '';
      const found = await findObject<Namespace>(objects, 'namespaces', name);
      if (!found) throw notFound({ group: '', resource: 'namespaces' }, name);
      if (found.metadata.deletionTimestamp || found.status?.phase === 'Terminating')
        throw terminating(kind, object.metadata.name ?? '', name);
    },
    review({ operation, resource: { kind, storage }, name }) {
      if (operation === 'DELETE' && storage === 'namespaces' && immortal.has(name))
        throw forbidden(kind, name, 'this namespace may not be deleted');
    },
  };
}

function terminating(kind: { group: string; resource: string }, name: string, namespace: string): StatusError {
  const { status } = forbidden(kind, name, `unable to create new content in namespace ${namespace} because it is being terminated`);
  const cause = { reason: 'NamespaceTerminating', message: `namespace ${namespace} is being terminated`, field: 'metadata.namespace' };
  return new StatusError({ ...status, details: { ...status.details, causes: [cause] } });
}
