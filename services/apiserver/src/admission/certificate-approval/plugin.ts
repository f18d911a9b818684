import type { CertificateSigningRequest } from '@t8s/api';
import type { Authorizer } from '@t8s/auth';
import { forbidden } from '@t8s/meta';
import type { AdmissionPlugin } from '../plugin.ts';
import { mayActFor } from '../signer-rights.ts';

/** Who approves or denies a request may `approve` for its signer. */
export const certificateApproval = (authorize: Authorizer): AdmissionPlugin => ({
  name: 'CertificateApproval',
  validate({ context, resource, object, old, subresource }) {
    if (resource.storage !== 'certificatesigningrequests' || subresource !== 'approval' || old === undefined) return;
    const { signerName } = (old as CertificateSigningRequest).spec;
    if (!mayActFor(authorize, context.user, { verb: 'approve', signerName }))
      throw forbidden(resource.kind, object.metadata.name ?? '', `user not permitted to approve requests with signerName "${signerName}"`);
  },
});
