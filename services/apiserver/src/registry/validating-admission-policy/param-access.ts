/**
 * Nobody has policies read for him what he may not read himself (admissionregistration's strategies, v1.34): who writes a policy may
 * get all objects of its paramKind, who writes a binding the ones its paramRef means.
 */
import { isDeepStrictEqual } from 'node:util';
import type { ParamKind, ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding } from '@t8s/api';
import type { Authorizer } from '@t8s/auth';
import { type FieldError, forbiddenField, formatApiVersion, invalid } from '@t8s/meta';
import type { AdmissionPlugin } from '../../admission/plugin.ts';
import type { User } from '../../context.ts';
import type { Write } from '../../write-chain.ts';
import type { ObjectStore } from '../object-store.ts';
import type { ServedResources } from '../served-resources.ts';

export interface ParamAccessOptions {
  objects: ObjectStore;
  served: ServedResources;
  authorize: Authorizer;
}

export function paramAccess({ objects, served, authorize }: ParamAccessOptions): AdmissionPlugin {
  return {
    name: 'ParamAccess',
    validate(write) {
      const { resource, subresource, context, object } = write;
      if (resource.kind.group !== 'admissionregistration.k8s.io' || subresource !== '' || context.user.groups.includes('system:masters'))
        return;
      const error =
        resource.storage === 'validatingadmissionpolicies'
          ? policyError(write)
          : resource.storage === 'validatingadmissionpolicybindings'
            ? bindingError(write)
            : undefined;
      if (error) throw invalid(resource.kind, object.metadata.name ?? '', [error]);
    },
  };

  function policyError({ object, old, context: { user } }: Write): FieldError | undefined {
    const { paramKind } = (object as ValidatingAdmissionPolicy).spec;
    if (!paramKind || isDeepStrictEqual(paramKind, (old as ValidatingAdmissionPolicy | undefined)?.spec.paramKind)) return undefined;
    if (mayGet(user, paramKind, { name: '*', namespace: '*' })) return undefined;
    const { kind, apiVersion } = paramKind;
    return forbiddenField(
      'spec.paramKind',
      `user ${asGo(user)} must have "get" permission on all objects of the referenced paramKind (kind=${kind}, apiVersion=${apiVersion})`,
    );
  }

  function bindingError({ object, old, context: { user } }: Write): FieldError | undefined {
    const { paramRef, policyName = '' } = (object as ValidatingAdmissionPolicyBinding).spec;
    const before = (old as ValidatingAdmissionPolicyBinding | undefined)?.spec;
    if (!paramRef || (before?.policyName === policyName && isDeepStrictEqual(before.paramRef, paramRef))) return undefined;
    const policy = objects.cache.resource('validatingadmissionpolicies').get(policyName)?.object as ValidatingAdmissionPolicy | undefined;
    const { name = '', namespace = '' } = paramRef;
    if (mayGet(user, policy?.spec.paramKind, { name, namespace })) return undefined;
    return forbiddenField('spec.paramRef', `user ${asGo(user)} does not have "get" permission on the object referenced by paramRef`);
  }

  /** A kind that isn't known could be any. */
  function mayGet(user: User, paramKind: ParamKind | undefined, which: { name: string; namespace: string }): boolean {
    const known = served.all.find(({ kind }) => kind.kind === paramKind?.kind && formatApiVersion(kind) === paramKind?.apiVersion);
    const { group, resource } = known?.kind ?? { group: groupOf(paramKind), resource: '*' };
    return authorize({ user, verb: 'get', group, resource, subresource: '', ...which }).decision === 'allow';
  }
}

const groupOf = (paramKind: ParamKind | undefined): string => {
  const { apiVersion = '*/*' } = paramKind ?? {};
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
};

/** A user as Go prints one. */
const asGo = ({ name, uid = '', groups, extra = {} }: User): string =>
  `&{${name} ${uid} [${groups.join(' ')}] map[${Object.entries(extra)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, values]) => `${key}:[${values.join(' ')}]`)
    .join(' ')}]}`;
