/** What relying parties need to verify service-account tokens themselves: OpenID Connect Discovery 1.0, as far as Kubernetes has it. */
import { keySet, type TokenKey } from '@t8s/auth';
import { Router } from 'express';

export interface IssuerDiscoveryOptions {
  issuer: string;
  keys: readonly TokenKey[];
  /** Where the keys are said to be, where that isn't here. */
  jwksUri: string | undefined;
  /** `host:port` that clients are told. */
  serverAddress: string;
}

export const configurationPath = '/.well-known/openid-configuration';
export const keysPath = '/openid/v1/jwks';
/** How long readers may hold on to what they have read. Seconds. */
const maxAge = 3600;

/** Undefined where the issuer is no https URL, as the specification wants it: then there is no discovery. */
export function issuerDiscovery({ issuer, keys, jwksUri, serverAddress }: IssuerDiscoveryOptions): Router | undefined {
  const url = URL.canParse(issuer) ? new URL(issuer) : undefined;
  if (url?.protocol !== 'https:' || url.search !== '' || url.hash !== '') return undefined;
  const configuration = {
    issuer,
    jwks_uri: jwksUri ?? `https://${serverAddress}${keysPath}`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [...new Set(keys.map(({ algorithm }) => algorithm))].sort(),
  };
  const documents = [
    { path: configurationPath, type: 'application/json', body: JSON.stringify(configuration) },
    { path: keysPath, type: 'application/jwk-set+json', body: JSON.stringify(keySet(keys)) },
  ];
  const router = Router();
  for (const { path, type, body } of documents)
    router.get(path, (_, response) => {
      response.setHeader('Cache-Control', `public, max-age=${maxAge}`).setHeader('Content-Type', type).end(body);
    });
  return router;
}
