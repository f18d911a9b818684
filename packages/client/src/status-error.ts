import { type Status, StatusError, type StatusReason } from '@t8s/meta';

/** Reasons of answers that come without a Status, as client-go finds them. */
const reasons: Record<number, StatusReason> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  406: 'NotAcceptable',
  409: 'Conflict',
  410: 'Gone',
  413: 'RequestEntityTooLarge',
  415: 'UnsupportedMediaType',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};

/** The Status in an answer's body, or one made of the code where the answer holds none (a proxy in between). */
export function statusError(code: number, body: Buffer): StatusError {
  const text = body.toString();
  const found = statusIn(text, code);
  if (found) return found;
  return new StatusError({
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    code,
    reason: reasons[code] ?? 'Unknown',
    message: text.trim() || `the server answered with status ${code}`,
  });
}

/** A connection that was not upgraded, for a reason that is no Status: the words of who refused it. */
export class UpgradeError extends Error {
  override readonly name = 'UpgradeError';
}

/** How an upgrade was refused: by a Status of the API, or by whoever it was relayed to. */
export function upgradeError(code: number, body: Buffer): StatusError | UpgradeError {
  const text = body.toString();
  return statusIn(text, code) ?? new UpgradeError(`unable to upgrade connection: ${text.trim() || `status ${code}`}`);
}

function statusIn(text: string, code: number): StatusError | undefined {
  try {
    const status = JSON.parse(text) as Status | null;
    return status?.kind === 'Status' ? new StatusError({ ...status, code: status.code ?? code }) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
