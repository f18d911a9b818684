import { type FieldError, isDns1123Subdomain, isPathSegmentName, required } from '@t8s/meta';
import { strictIp } from '../../addresses.ts';
import { nameColumn } from '../../columns.ts';
import { invalidBy } from '../../field-checks.ts';
import type { IPAddress, ParentReference } from '../../generated/types.ts';
import { defineKind } from '../../kind.ts';
import { immutable } from '../../object-meta/validate.ts';

/** An address that something has taken; its name is the address. */
export const ipAddressKind = defineKind<IPAddress>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IPAddress',
  resource: 'ipaddresses',
  singular: 'ipaddress',
  shortNames: ['ip'],
  namespaced: false,
  schema: 'IPAddress',
  columns: [
    nameColumn,
    {
      name: 'ParentRef',
      type: 'string',
      description: 'ParentRef references the resource that an IPAddress is attached to.',
      cell: ({ spec: { parentRef } }) => (parentRef ? formatParent(parentRef) : '<none>'),
    },
  ],
  strategy: {
    validateName: strictIp,
    validate: ({ spec: { parentRef } }) => (parentRef ? validateParent(parentRef) : [required('spec.parentRef')]),
    validateUpdate: ({ spec }, old) => immutable('spec.parentRef', spec.parentRef, old.spec.parentRef),
  },
});

function formatParent({ group, resource, namespace, name }: ParentReference): string {
  const what = (group ? `${resource}.${group}` : resource).toLowerCase();
  return [what, ...(namespace ? [namespace] : []), name].join('/');
}

function validateParent({ group = '', resource = '', namespace = '', name = '' }: ParentReference): FieldError[] {
  const path = 'spec.parentRef';
  const segment = (field: string, value: string): FieldError[] => invalidBy(`${path}.${field}`, value, isPathSegmentName(value));
  return [
    ...(group === '' ? [] : invalidBy(`${path}.group`, group, isDns1123Subdomain(group))),
    ...(resource === '' ? [required(`${path}.resource`)] : segment('resource', resource)),
    ...(name === '' ? [required(`${path}.name`)] : segment('name', name)),
    ...segment('namespace', namespace),
  ];
}
