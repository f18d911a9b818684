export interface StatusCause {
  reason?: string;
  message?: string;
  field?: string;
}

export interface StatusDetails {
  name?: string;
  group?: string;
  kind?: string;
  uid?: string;
  causes?: StatusCause[];
  retryAfterSeconds?: number;
}

/** The answer to a request that has no object to return; its failures are `StatusError`s. */
export interface Status {
  kind?: string;
  apiVersion?: string;
  metadata?: { resourceVersion?: string; continue?: string };
  status?: string;
  message?: string;
  reason?: string;
  details?: StatusDetails;
  code?: number;
}

/** A failure of the API as a value: carries the Status that goes to, or came over, the wire. */
export class StatusError extends Error {
  readonly status: Status;

  constructor(status: Status) {
    super(status.message ?? status.reason ?? 'unknown error');
    this.name = 'StatusError';
    this.status = status;
  }

  get code(): number {
    return this.status.code ?? 500;
  }

  get reason(): StatusReason {
    return (this.status.reason ?? 'Unknown') as StatusReason;
  }
}

/** metav1.StatusReason: what clients decide on. */
export type StatusReason =
  | 'Unknown'
  | 'Unauthorized'
  | 'Forbidden'
  | 'NotFound'
  | 'AlreadyExists'
  | 'Conflict'
  | 'Gone'
  | 'Invalid'
  | 'ServerTimeout'
  | 'StoreReadError'
  | 'Timeout'
  | 'TooManyRequests'
  | 'BadRequest'
  | 'MethodNotAllowed'
  | 'NotAcceptable'
  | 'RequestEntityTooLarge'
  | 'UnsupportedMediaType'
  | 'InternalError'
  | 'Expired'
  | 'ServiceUnavailable';

/** True for a StatusError with one of these reasons; the only way code decides on an API error. */
export function isStatus(error: unknown, ...reasons: StatusReason[]): error is StatusError {
  return error instanceof StatusError && reasons.includes(error.reason);
}

/** What was asked for, undefined where there is no such thing. */
export const ifFound = <T>(asked: Promise<T>): Promise<T | undefined> => unless(asked, 'NotFound');

/** What was asked of a certain object or version, undefined where that is gone or no more the same. */
export const ifUnchanged = <T>(asked: Promise<T>): Promise<T | undefined> => unless(asked, 'NotFound', 'Conflict');

async function unless<T>(asked: Promise<T>, ...reasons: StatusReason[]): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (isStatus(error, ...reasons)) return undefined;
    throw error;
  }
}
