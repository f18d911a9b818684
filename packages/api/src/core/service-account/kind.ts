import { ageColumn, nameColumn } from '../../columns.ts';
import type { ServiceAccount } from '../../generated/types.ts';
import { defineKind } from '../../kind.ts';

export const serviceAccountKind = defineKind<ServiceAccount>({
  group: '',
  version: 'v1',
  kind: 'ServiceAccount',
  resource: 'serviceaccounts',
  singular: 'serviceaccount',
  shortNames: ['sa'],
  namespaced: true,
  schema: 'ServiceAccount',
  subresources: { others: [{ name: 'token', group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest', verbs: ['create'] }] },
  lists: {
    'ServiceAccount.secrets': { mergeKey: 'name', listType: 'map', mapKeys: ['name'] },
    'ServiceAccount.imagePullSecrets': { listType: 'atomic' },
  },
  columns: [
    nameColumn,
    {
      name: 'Secrets',
      type: 'string',
      description: 'Number of secrets that pods of the account may use.',
      cell: ({ secrets = [] }) => secrets.length,
    },
    ageColumn,
  ],
  strategy: {
    returnsDeleted: true,
    prepareForCreate: keepSecretNames,
    prepareForUpdate: keepSecretNames,
    warnings: ({ metadata }) =>
      metadata.annotations?.['kubernetes.io/enforce-mountable-secrets'] === 'true'
        ? [
            'metadata.annotations[kubernetes.io/enforce-mountable-secrets]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets',
          ]
        : [],
  },
});

/** Of the references to secrets only the names count. */
function keepSecretNames(account: ServiceAccount): void {
  if (account.secrets) account.secrets = account.secrets.map(({ name }) => (name === undefined ? {} : { name }));
}
