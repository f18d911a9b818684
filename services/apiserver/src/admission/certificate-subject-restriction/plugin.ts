import type { CertificateSigningRequest } from '@t8s/api';
import { readCertificateRequest } from '@t8s/auth';
import { forbidden } from '@t8s/meta';
import type { AdmissionPlugin } from '../plugin.ts';

const signer = 'kubernetes.io/kube-apiserver-client';
const administrators = 'system:masters';

/** Nobody becomes an administrator by a certificate that is signed for the asking. */
export const certificateSubjectRestriction: AdmissionPlugin = {
  name: 'CertificateSubjectRestriction',
  async validate({ resource, object, old, subresource }) {
    if (resource.storage !== 'certificatesigningrequests' || old !== undefined || subresource !== '') return;
    const { spec } = object as CertificateSigningRequest;
    if (spec.signerName !== signer) return;
    const { subject } = await readCertificateRequest(Buffer.from(spec.request, 'base64').toString());
    if (subject.organizations.includes(administrators))
      throw forbidden(resource.kind, object.metadata.name ?? '', `use of ${signer} signer with ${administrators} group is not allowed`);
  },
};
