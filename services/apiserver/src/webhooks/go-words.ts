/** Failures to reach or to understand a webhook, in the words of Go's HTTP client and client-go's. */
import { statusError } from '@t8s/client';

const dialWords: Record<string, string> = {
  ECONNREFUSED: 'connect: connection refused',
  EHOSTUNREACH: 'connect: no route to host',
  ENETUNREACH: 'connect: network is unreachable',
  ETIMEDOUT: 'i/o timeout',
};

const certificateWords: Record<string, string> = {
  CERT_HAS_EXPIRED: 'x509: certificate has expired or is not yet valid',
  CERT_NOT_YET_VALID: 'x509: certificate has expired or is not yet valid',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'x509: certificate signed by unknown authority',
  SELF_SIGNED_CERT_IN_CHAIN: 'x509: certificate signed by unknown authority',
  UNABLE_TO_GET_ISSUER_CERT: 'x509: certificate signed by unknown authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'x509: certificate signed by unknown authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'x509: certificate signed by unknown authority',
};

interface SystemError extends Error {
  code?: string | number;
  address?: string;
  port?: number;
  hostname?: string;
  reason?: string;
}

/** Why a connection came to nothing. */
export function dialProblem(error: SystemError): string {
  const { code = '', address, port, hostname, name, message } = error;
  if (name === 'TimeoutError' || (error.cause as Error | undefined)?.name === 'TimeoutError') return 'context deadline exceeded';
  const dialed = dialWords[code];
  if (dialed) return `dial tcp ${address?.includes(':') ? `[${address}]` : address}:${port}: ${dialed}`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `dial tcp: lookup ${hostname}: no such host`;
  if (code === 'ECONNRESET') return 'EOF';
  const certificate = certificateWords[code] ?? (code === 'ERR_TLS_CERT_ALTNAME_INVALID' ? `x509: ${error.reason ?? message}` : undefined);
  return certificate ? `tls: failed to verify certificate: ${certificate}` : message;
}

/** What an answer without success says: its Status, or what client-go makes of its code. */
export function statusProblem(code: number, body: Buffer): string {
  const text = body.toString().trim();
  if (text.startsWith('{')) return statusError(code, body).message;
  if (code === 404) return 'the server could not find the requested resource';
  if (code >= 500 && code !== 503 && code !== 504)
    return `an error on the server (${JSON.stringify(text || 'unknown')}) has prevented the request from succeeding`;
  if (code === 503) return 'the server is currently unable to handle the request';
  return text || `the server responded with the status code ${code} but did not return more information`;
}
