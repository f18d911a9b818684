import { type AuthenticationTokenRequest, serviceAccountKind, type TokenRequestSpec, type TokenRequestStatus } from '@t8s/api';
import type { Client } from './client.ts';
import type { ObjectRef } from './resource-client.ts';

/** Asks for a token of a service account (KEP-1205). */
export async function requestToken(client: Client, account: ObjectRef, spec: TokenRequestSpec): Promise<TokenRequestStatus> {
  const body: AuthenticationTokenRequest = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', metadata: {}, spec };
  const { status } = await client.resource(serviceAccountKind).createSubresource<AuthenticationTokenRequest>(account, 'token', body);
  if (!status) throw new Error(`no token came for the service account ${account.namespace}/${account.name}`);
  return status;
}
