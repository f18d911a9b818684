/**
 * The catalogue of API errors: status code, reason and words of apimachinery's `errors` package (v1.34).
 * Every StatusError in t8s is made here; nobody matches on messages.
 */

import { aggregate } from './aggregate.ts';
import { type FieldError, fieldErrorBody, fieldErrorMessage, fieldErrorReason } from './field-error.ts';
import { formatGroupResource, type GroupResource } from './group-version.ts';
import { quote } from './quote.ts';
import { type Status, type StatusCause, type StatusDetails, StatusError, type StatusReason } from './status.ts';

function failure(code: number, reason: StatusReason, message: string, details?: StatusDetails): StatusError {
  return new StatusError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    ...(details && { details }),
    code,
  });
}

function about({ group, resource }: GroupResource, name: string): StatusDetails {
  return { ...(name !== '' && { name }), ...(group !== '' && { group }), kind: resource };
}

export function notFound(resource: GroupResource, name: string): StatusError {
  return failure(404, 'NotFound', `${formatGroupResource(resource)} ${quote(name)} not found`, about(resource, name));
}

export function alreadyExists(resource: GroupResource, name: string, isBeingDeleted = false): StatusError {
  const what = `${formatGroupResource(resource)} ${quote(name)} already exists`;
  return failure(409, 'AlreadyExists', isBeingDeleted ? `object is being deleted: ${what}` : what, about(resource, name));
}

/** `generateName` found no free name in its tries: the client may ask again. */
export function generateNameConflict(resource: GroupResource, name: string, retryAfterSeconds: number): StatusError {
  return failure(
    409,
    'AlreadyExists',
    `${formatGroupResource(resource)} ${quote(name)} already exists, the server was not able to generate a unique name for the object`,
    { ...about(resource, name), retryAfterSeconds },
  );
}

export function conflict(resource: GroupResource, name: string, why: string): StatusError {
  return failure(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${formatGroupResource(resource)} ${quote(name)}: ${why}`,
    about(resource, name),
  );
}

/** A server-side apply to fields that others manage. */
export function applyConflict(causes: readonly StatusCause[], message: string): StatusError {
  return failure(409, 'Conflict', message, { causes: [...causes] });
}

/** The words of a lost optimistic-concurrency race. */
export const objectModified = 'the object has been modified; please apply your changes to the latest version and try again';

export function invalid(groupKind: { group: string; kind: string }, name: string, errors: readonly FieldError[]): StatusError {
  const causes = errors.map((e) => ({ reason: fieldErrorReason(e), message: fieldErrorBody(e), field: e.field }));
  const qualified = groupKind.group === '' ? groupKind.kind : `${groupKind.kind}.${groupKind.group}`;
  const text = aggregate([...new Set(errors.map(fieldErrorMessage))]);
  return failure(422, 'Invalid', `${qualified} ${quote(name)} is invalid: ${text}`, {
    ...(name !== '' && { name }),
    ...(groupKind.group !== '' && { group: groupKind.group }),
    ...(groupKind.kind !== '' && { kind: groupKind.kind }),
    causes,
  });
}

export function badRequest(message: string): StatusError {
  return failure(400, 'BadRequest', message);
}

export function unauthorized(message = 'Unauthorized'): StatusError {
  return failure(401, 'Unauthorized', message);
}

export function forbidden(resource: GroupResource, name: string, why: string): StatusError {
  const what =
    resource.resource === ''
      ? `forbidden: ${why}`
      : name === ''
        ? `${formatGroupResource(resource)} is forbidden: ${why}`
        : `${formatGroupResource(resource)} ${quote(name)} is forbidden: ${why}`;
  return failure(403, 'Forbidden', what, about(resource, name));
}

export function methodNotSupported(resource: GroupResource, action: string): StatusError {
  return failure(
    405,
    'MethodNotAllowed',
    `${action} is not supported on resources of kind "${formatGroupResource(resource)}"`,
    about(resource, ''),
  );
}

/** A method that no verb of the path answers to. */
export function methodNotAllowed(): StatusError {
  return failure(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});
}

/** A path that leads nowhere: no such group, version or resource. */
export function unknownPath(): StatusError {
  return failure(404, 'NotFound', 'the server could not find the requested resource', {});
}

export function notAcceptable(accepted: readonly string[]): StatusError {
  return failure(406, 'NotAcceptable', `only the following media types are accepted: ${accepted.join(', ')}`);
}

/** An answer that can't be given in the shape the client accepts. */
export function notServed(why: string): StatusError {
  return failure(406, 'NotAcceptable', why);
}

export function unsupportedMediaType(accepted: readonly string[]): StatusError {
  return failure(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  );
}

/** A patch of a type that the resource doesn't take: upstream's router refuses it, in fewer words. */
export function unsupportedPatchType(): StatusError {
  return failure(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});
}

export function requestTooLarge(message: string): StatusError {
  return failure(413, 'RequestEntityTooLarge', message);
}

/** A resourceVersion or continue token older than what is kept: list again. */
export function expired(message: string): StatusError {
  return failure(410, 'Expired', message);
}

/** A page of a state that is no longer kept; `token` goes on in the latest state. */
export function expiredContinue(token: string): StatusError {
  const { status } = expired(
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, ' +
      'or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an ' +
      'inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.',
  );
  return new StatusError({ ...status, metadata: { continue: token } });
}

/** A watch from a revision the log has dropped. */
export function tooOldResourceVersion(requested: number, oldest: number): StatusError {
  return expired(`too old resource version: ${requested} (${oldest})`);
}

export function timeout(message: string, retryAfterSeconds = 0): StatusError {
  return failure(504, 'Timeout', `Timeout: ${message}`, { ...(retryAfterSeconds > 0 && { retryAfterSeconds }) });
}

/** A read at a revision the server has not reached; clients ask again. */
export function tooLargeResourceVersion(requested: number, current: number): StatusError {
  return failure(504, 'Timeout', `Timeout: Too large resource version: ${requested}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  });
}

export function tooManyRequests(message: string, retryAfterSeconds: number): StatusError {
  return failure(429, 'TooManyRequests', message, { retryAfterSeconds });
}

/** An eviction that a disruption budget forbids for now; 0 seconds leave it to the client when to ask again. */
export function disruptionBudgetExceeded(message: string, retryAfterSeconds: number, cause: string): StatusError {
  const causes = [{ reason: 'DisruptionBudget', message: cause }];
  return failure(429, 'TooManyRequests', message, { causes, ...(retryAfterSeconds > 0 && { retryAfterSeconds }) });
}

/** A patch that does not fit its object: upstream says no more than this. */
export function unprocessable(): StatusError {
  return failure(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
}

/** An error that upstream's catalogue does not classify: a 500 without a reason. */
export function unclassified(message: string): StatusError {
  return new StatusError({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, code: 500 });
}

/** A webhook's own status, made fit to refuse a request: whatever it says of its code, it is an error. */
export function deniedByWebhook(webhook: string, { message = '', reason = '', code = 0, ...status }: Status = {}): StatusError {
  const denied = `admission webhook ${JSON.stringify(webhook)} denied the request`;
  const why = message || reason;
  return new StatusError({
    ...status,
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: why ? `${denied}: ${why}` : `${denied} without explanation`,
    ...(reason && { reason }),
    code: code < 400 ? 400 : code,
  });
}

export function serviceUnavailable(message: string, retryAfterSeconds = 1): StatusError {
  return failure(503, 'ServiceUnavailable', message, { retryAfterSeconds });
}

export function internalError(message: string): StatusError {
  return failure(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] });
}
