import type { Namespace } from '@t8s/api';
import { forbidden, notFound, StatusError } from '@t8s/meta';
import { findObject } from '../../registry/find-object.ts';
import type { ObjectStore } from '../../registry/object-store.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../plugin.ts';
import { forbiddenBy, requestOf } from '../request.ts';

const immortal = new Set(['default', 'kube-system', 'kube-public']);
/** To say whether the namespace is there would tell more than is asked. */
const accessReviews = 'localsubjectaccessreviews';

/** Nothing is created in a namespace that does not exist or is on its way out; the system's own are not deleted. */
export function namespaceLifecycle(objects: ObjectStore): AdmissionPlugin {
  return {
    name: 'NamespaceLifecycle',
    async mutate(write) {
      const { resource, object, old, view } = write;
      if (!resource.kind.namespaced || (view ? view.operation !== 'CREATE' : old !== undefined)) return;
      if (await isEnding(object.metadata.namespace ?? '')) throw terminating(requestOf(write));
    },
    async review(request) {
      const { operation, resource, name, namespace } = request;
      const { kind, storage } = resource;
      if (operation === 'DELETE' && storage === 'namespaces' && immortal.has(name))
        throw forbidden(kind, name, 'this namespace may not be deleted');
      if (operation !== 'CREATE' || !kind.namespaced || storage === accessReviews) return;
      if (await isEnding(namespace)) throw terminating(request);
    },
  };

  /** Throws NotFound. */
  async function isEnding(name: string): Promise<boolean> {
    const found = await findObject<Namespace>(objects, 'namespaces', name);
    if (!found) throw notFound({ group: '', resource: 'namespaces' }, name);
    return found.metadata.deletionTimestamp !== undefined || found.status?.phase === 'Terminating';
  }
}

function terminating(request: AdmissionRequest): StatusError {
  const { namespace } = request;
  const { status } = forbiddenBy(request, `unable to create new content in namespace ${namespace} because it is being terminated`);
  const cause = { reason: 'NamespaceTerminating', message: `namespace ${namespace} is being terminated`, field: 'metadata.namespace' };
  return new StatusError({ ...status, details: { ...status.details, causes: [cause] } });
}
