import { isDeepStrictEqual } from 'node:util';
import type { CertificateSigningRequest } from '@t8s/api';
import type { Authorizer } from '@t8s/auth';
import { forbidden } from '@t8s/meta';
import type { AdmissionPlugin } from '../plugin.ts';
import { mayActFor } from '../signer-rights.ts';

/** Who issues a certificate, or says that it failed, may `sign` for the signer. */
export const certificateSigning = (authorize: Authorizer): AdmissionPlugin => ({
  name: 'CertificateSigning',
  validate({ context, resource, object, old, subresource }) {
    if (resource.storage !== 'certificatesigningrequests' || subresource !== 'status' || old === undefined) return;
    const [next, before] = [object as CertificateSigningRequest, old as CertificateSigningRequest];
    const isSame =
      next.status?.certificate === before.status?.certificate &&
      isDeepStrictEqual(next.status?.conditions ?? [], before.status?.conditions ?? []);
    if (isSame) return;
    const { signerName } = before.spec;
    if (!mayActFor(authorize, context.user, { verb: 'sign', signerName }))
      throw forbidden(resource.kind, object.metadata.name ?? '', `user not permitted to sign requests with signerName "${signerName}"`);
  },
});
