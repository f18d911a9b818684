/** core's event validation (v1.34): lenient for v1, strict for what comes by events.k8s.io. */
import { type FieldError, invalidValue, isDns1123Subdomain, isQualifiedName, required } from '@t8s/meta';
import { invalidBy } from '../../field-checks.ts';
import type { CoreEvent } from '../../generated/types.ts';
import { immutable } from '../../object-meta/validate.ts';

const limits = { reportingInstance: 128, action: 128, reason: 128, message: 1024 };

export function validateEvent(event: CoreEvent): FieldError[] {
  const { namespace = '' } = event.metadata;
  return [
    ...(event.eventTime ? validateWithTime(event) : validateNamespaces(event)),
    ...invalidBy('namespace', namespace, isDns1123Subdomain(namespace)),
  ];
}

const mismatch = (event: CoreEvent): FieldError =>
  invalidValue('involvedObject.namespace', event.involvedObject.namespace ?? '', 'does not match event.namespace');

/** Events about cluster-scoped objects are in `default`. */
function validateNamespaces(event: CoreEvent): FieldError[] {
  const { namespace = '' } = event.metadata;
  const about = event.involvedObject.namespace ?? '';
  const agree = about === '' ? namespace === '' || namespace === 'default' : about === namespace;
  return agree ? [] : [mismatch(event)];
}

function validateWithTime(event: CoreEvent): FieldError[] {
  const { reportingComponent = '', reportingInstance = '', action = '', reason = '', message = '' } = event;
  const elsewhere = !event.involvedObject.namespace && !['default', 'kube-system'].includes(event.metadata.namespace ?? '');
  const limited = (field: keyof typeof limits, value: string): FieldError[] => [
    ...(value === '' && field !== 'message' ? [required(field)] : []),
    ...(value.length > limits[field] ? [invalidValue(field, '', `can have at most ${limits[field]} characters`)] : []),
  ];
  return [
    ...(elsewhere ? [mismatch(event)] : []),
    ...(reportingComponent === '' ? [required('reportingController')] : []),
    ...invalidBy('reportingController', reportingComponent, isQualifiedName(reportingComponent)),
    ...limited('reportingInstance', reportingInstance),
    ...limited('action', action),
    ...limited('reason', reason),
    ...limited('message', message),
  ];
}

/** Fields of old events stay empty in new ones. */
export function validateStrictly(event: CoreEvent): FieldError[] {
  const unset = { firstTimestamp: event.firstTimestamp, lastTimestamp: event.lastTimestamp, count: event.count };
  return [
    ...validateEvent(event),
    ...validateSeries(event),
    ...(event.eventTime ? [] : [required('eventTime')]),
    ...(event.type === 'Normal' || event.type === 'Warning' ? [] : [invalidValue('type', '', `has invalid value: ${event.type ?? ''}`)]),
    ...Object.entries(unset).flatMap(([field, value]) => (value ? [invalidValue(field, '', 'needs to be unset')] : [])),
    ...(event.source?.component || event.source?.host ? [invalidValue('source', '', 'needs to be unset')] : []),
  ];
}

/** Of an event only its series goes on. */
export function validateStrictUpdate(event: CoreEvent, old: CoreEvent): FieldError[] {
  const fixed = {
    involvedObject: [event.involvedObject, old.involvedObject],
    reason: [event.reason, old.reason],
    message: [event.message, old.message],
    source: [event.source, old.source],
    firstTimestamp: [event.firstTimestamp, old.firstTimestamp],
    lastTimestamp: [event.lastTimestamp, old.lastTimestamp],
    count: [event.count, old.count],
    type: [event.type, old.type],
    eventTime: [event.eventTime, old.eventTime],
    action: [event.action, old.action],
    related: [event.related, old.related],
    reportingController: [event.reportingComponent, old.reportingComponent],
    reportingInstance: [event.reportingInstance, old.reportingInstance],
  };
  return Object.entries(fixed).flatMap(([field, [value, before]]) => immutable(field, value, before));
}

function validateSeries({ series }: CoreEvent): FieldError[] {
  if (series === undefined) return [];
  return [
    ...((series.count ?? 0) < 2 ? [invalidValue('series.count', '', 'should be at least 2')] : []),
    ...(series.lastObservedTime ? [] : [required('series.lastObservedTime')]),
  ];
}
