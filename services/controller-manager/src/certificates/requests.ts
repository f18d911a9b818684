/** What all controllers of certificate signing requests read of them. */
import type { CertificateSigningRequest, CertificateSigningRequestCondition } from '@t8s/api';

export const conditionOf = ({ status }: CertificateSigningRequest, type: string): CertificateSigningRequestCondition | undefined =>
  status?.conditions?.find((condition) => condition.type === type);

export const requestPem = ({ spec }: CertificateSigningRequest): string => Buffer.from(spec.request, 'base64').toString();

/** With one more condition. */
export const withCondition = (
  csr: CertificateSigningRequest,
  condition: CertificateSigningRequestCondition,
): CertificateSigningRequest => ({
  ...csr,
  status: { ...csr.status, conditions: [...(csr.status?.conditions ?? []), condition] },
});
