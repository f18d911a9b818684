import { humanDuration } from '@t8s/meta';
import { ageColumn, nameColumn } from '../../columns.ts';
import type { CertificateSigningRequest } from '../../generated/types.ts';
import { defineKind } from '../../kind.ts';
import { prepareCsrApproval, prepareCsrForCreate, prepareCsrForUpdate, prepareCsrStatus } from './prepare.ts';
import { validateCsr, validateCsrUpdate } from './validate.ts';

export const certificateSigningRequestKind = defineKind<CertificateSigningRequest>({
  group: 'certificates.k8s.io',
  version: 'v1',
  kind: 'CertificateSigningRequest',
  resource: 'certificatesigningrequests',
  singular: 'certificatesigningrequest',
  shortNames: ['csr'],
  namespaced: false,
  schema: 'CertificateSigningRequest',
  subresources: {
    status: { prepare: prepareCsrStatus, validate: (csr, old) => validateCsrUpdate(csr, old, { certificate: true }) },
    others: [
      {
        name: 'approval',
        kind: 'CertificateSigningRequest',
        verbs: ['get', 'patch', 'update'],
        update: { prepare: prepareCsrApproval, validate: (csr, old) => validateCsrUpdate(csr, old, { approval: true }) },
      },
    ],
  },
  lists: {
    'CertificateSigningRequestSpec.groups': { listType: 'atomic' },
    'CertificateSigningRequestSpec.usages': { listType: 'atomic' },
    'CertificateSigningRequestStatus.conditions': { listType: 'map', mapKeys: ['type'] },
  },
  columns: [
    nameColumn,
    ageColumn,
    {
      name: 'SignerName',
      type: 'string',
      description: 'signerName indicates the requested signer, and is a qualified name.',
      cell: ({ spec }) => spec.signerName || '<none>',
    },
    {
      name: 'Requestor',
      type: 'string',
      description: 'request contains an x509 certificate signing request encoded in a "CERTIFICATE REQUEST" PEM block.',
      cell: ({ spec }) => spec.username ?? '',
    },
    {
      name: 'RequestedDuration',
      type: 'string',
      description: 'expirationSeconds is the requested duration of validity of the issued certificate.',
      cell: ({ spec }) => (spec.expirationSeconds === undefined ? '<none>' : humanDuration(spec.expirationSeconds * 1000)),
    },
    {
      name: 'Condition',
      type: 'string',
      description: 'conditions applied to the request. Known conditions are "Approved", "Denied", and "Failed".',
      cell: formatCondition,
    },
  ],
  selectableFields: ({ spec }) => ({ 'spec.signerName': spec.signerName ?? '' }),
  strategy: {
    prepareForCreate: prepareCsrForCreate,
    prepareForUpdate: prepareCsrForUpdate,
    validateName: () => [],
    validateCreate: validateCsr,
    validateUpdate: (csr, old) => validateCsrUpdate(csr, old),
  },
});

function formatCondition({ status = {} }: CertificateSigningRequest): string {
  const has = (type: string): boolean => status.conditions?.some((condition) => condition.type === type) ?? false;
  const decision = has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending';
  return `${decision}${has('Failed') ? ',Failed' : ''}${status.certificate ? ',Issued' : ''}`;
}
