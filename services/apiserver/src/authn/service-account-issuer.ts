/** Who signs service-account tokens and which are believed, from the flags that say it. */
import { createTokenIssuer, createTokenVerifier, type TokenIssuer, type TokenKey, type TokenVerifier, tokenKeys } from '@t8s/auth';
import { type FlagSpec, type Flags, readFileFlag, UsageError } from '@t8s/component';

export const serviceAccountFlags = {
  'service-account-key-file': { type: 'strings', required: true, help: 'files of keys that service-account tokens may be signed with' },
  'service-account-signing-key-file': { type: 'string', required: true, help: 'key that signs new service-account tokens' },
  'service-account-issuer': {
    type: 'strings',
    default: ['https://kubernetes.default.svc.cluster.local'],
    help: 'issuers of service-account tokens that are believed; the first is that of new ones',
  },
  'service-account-jwks-uri': { type: 'string', help: 'where the issuer discovery document says the keys are; this server unless given' },
  'service-account-max-token-expiration': { type: 'duration', default: '0s', help: 'longest life of a token; 0 is no limit' },
  'service-account-extend-token-expiration': {
    type: 'boolean',
    default: true,
    help: "let tokens of pods be good for a year after they should have been replaced, and note in the audit log who hasn't",
  },
  'api-audiences': { type: 'strings', default: [], help: 'audiences a token may be for; the issuers unless given' },
} as const satisfies Record<string, FlagSpec>;

export interface ServiceAccountOptions {
  issue: TokenIssuer;
  verify: TokenVerifier;
  /** Of new tokens. */
  issuer: string;
  /** Those told to relying parties. */
  keys: readonly TokenKey[];
  jwksUri: string | undefined;
  audiences: readonly string[];
  maxExpirationSeconds: number | undefined;
  extendExpiration: boolean;
}

const hour = 3_600_000;

/** Throws UsageError naming the flag, the file and what is wrong with it. */
export function serviceAccountOptions(flags: Flags<typeof serviceAccountFlags>): ServiceAccountOptions {
  const issuers = flags['service-account-issuer'];
  const [issuer = ''] = issuers;
  if (issuer === '') throw new UsageError('--service-account-issuer: must name an issuer');
  for (const one of issuers)
    if (one.includes(':') && !URL.canParse(one)) throw new UsageError(`--service-account-issuer: '${one}' contains a ':' but is no URL`);
  const repeated = issuers.find((one, i) => issuers.indexOf(one) !== i);
  if (repeated !== undefined) throw new UsageError(`--service-account-issuer: '${repeated}' is given twice`);
  const jwksUri = flags['service-account-jwks-uri'];
  if (jwksUri !== undefined && !(URL.canParse(jwksUri) && new URL(jwksUri).protocol === 'https:'))
    throw new UsageError(`--service-account-jwks-uri: '${jwksUri}' is no https URL`);
  const longest = flags['service-account-max-token-expiration'];
  if (longest !== 0 && (longest < hour || longest > 2 ** 32 * 1000))
    throw new UsageError('--service-account-max-token-expiration: must be between 1h and 2^32 seconds');
  const keys = flags['service-account-key-file'].flatMap((file) => readFileFlag({ flag: 'service-account-key-file', file }, tokenKeys));
  const signer = { flag: 'service-account-signing-key-file', file: flags['service-account-signing-key-file'] };
  return {
    issue: readFileFlag(signer, (key) => createTokenIssuer({ key, issuer })),
    verify: createTokenVerifier({ keys, issuers }),
    issuer,
    keys,
    jwksUri,
    audiences: flags['api-audiences'].length > 0 ? flags['api-audiences'] : issuers,
    maxExpirationSeconds: longest === 0 ? undefined : longest / 1000,
    extendExpiration: flags['service-account-extend-token-expiration'],
  };
}
