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
  try {
    const status = JSON.parse(text) as Status | null;
    if (status?.kind === 'Status') return new StatusError({ ...status, code: status.code ?? code });
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return new StatusError({
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    code,
    reason: reasons[code] ?? 'Unknown',
    message: text.trim() || `the server answered with status ${code}`,
  });
}
