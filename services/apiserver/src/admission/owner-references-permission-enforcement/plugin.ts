/** Who makes an object depend on another one may delete it; who makes owners wait for it may say so of the owner (upstream's, v1.34). */
import { semanticEqual } from '@t8s/api';
import type { Authorizer, ResourceAttributes } from '@t8s/auth';
import { formatApiVersion, type OwnerReference } from '@t8s/meta';
import type { ServedResources } from '../../registry/served-resources.ts';
import type { Write } from '../../write-chain.ts';
import type { AdmissionPlugin } from '../plugin.ts';
import { forbiddenBy, requestOf } from '../request.ts';

export function ownerReferencesPermissionEnforcement(authorize: Authorizer, served: ServedResources): AdmissionPlugin {
  return {
    name: 'OwnerReferencesPermissionEnforcement',
    validate(write) {
      const { resource, subresource, object, old, context } = write;
      // Kubelets of old wrote others with it; nobody's status changes its owners.
      if (resource.storage === 'pods' && subresource === 'status') return;
      const [now, before] = [object.metadata.ownerReferences ?? [], old?.metadata.ownerReferences ?? []];
      if (semanticEqual(now, before)) return;
      const { group, resource: name } = resource.kind;
      const request = requestOf(write);
      const ask = (what: Omit<ResourceAttributes, 'user'>): string | undefined => {
        const { decision, reason } = authorize({ user: context.user, ...what });
        return decision === 'allow' ? undefined : `${reason}, <nil>`;
      };
      const { namespace } = request;
      const kept = ask({ verb: 'delete', group, resource: name, subresource, name: request.name, namespace });
      if (kept !== undefined) throw forbiddenBy(request, `cannot set an ownerRef on a resource you can't delete: ${kept}`);
      const blocking = newlyBlocking(now, before);
      const finalize = { verb: 'update', subresource: 'finalizers' };
      if (blocking.length === 0 || ask({ ...finalize, group: '*', resource: '*', name: '*', namespace: '' }) === undefined) return;
      for (const owner of blocking) {
        const refusal = ask({ ...finalize, ...attributesOf(owner, write) });
        if (refusal !== undefined)
          throw forbiddenBy(
            request,
            `cannot set blockOwnerDeletion if an ownerReference refers to a resource you can't set finalizers on: ${refusal}`,
          );
      }
    },
  };

  function attributesOf(
    { apiVersion, kind, name }: OwnerReference,
    write: Write,
  ): { group: string; resource: string; name: string; namespace: string } {
    const found = served.kinds.find((known) => known.kind === kind && formatApiVersion(known) === apiVersion);
    if (!found)
      throw forbiddenBy(
        requestOf(write),
        `cannot set blockOwnerDeletion in this case because cannot find RESTMapping for APIVersion ${apiVersion} Kind ${kind}: no matches for kind "${kind}" in version "${apiVersion}"`,
      );
    const { group, resource, namespaced } = found;
    return { group, resource, name, namespace: namespaced ? write.context.info.namespace : '' };
  }
}

/** References that owners wait for, and did not before. */
function newlyBlocking(now: readonly OwnerReference[], before: readonly OwnerReference[]): OwnerReference[] {
  const blockedBefore = new Set(before.filter((owner) => owner.blockOwnerDeletion).map(({ uid }) => uid));
  return now.filter(({ blockOwnerDeletion, uid }) => blockOwnerDeletion && !blockedBefore.has(uid));
}
