import type { CoreEvent } from '../../generated/types.ts';
import { defineKind } from '../../kind.ts';
import { eventColumns } from './columns.ts';
import { validateEvent } from './validate.ts';

/** How long upstream keeps events: `--event-ttl`. */
export const eventTtlSeconds = 3600;

export const eventKind = defineKind<CoreEvent>({
  group: '',
  version: 'v1',
  kind: 'Event',
  resource: 'events',
  singular: 'event',
  shortNames: ['ev'],
  namespaced: true,
  schema: 'CoreEvent',
  ttlSeconds: () => eventTtlSeconds,
  columns: eventColumns,
  selectableFields: (event) => ({
    'involvedObject.kind': event.involvedObject.kind ?? '',
    'involvedObject.namespace': event.involvedObject.namespace ?? '',
    'involvedObject.name': event.involvedObject.name ?? '',
    'involvedObject.uid': event.involvedObject.uid ?? '',
    'involvedObject.apiVersion': event.involvedObject.apiVersion ?? '',
    'involvedObject.resourceVersion': event.involvedObject.resourceVersion ?? '',
    'involvedObject.fieldPath': event.involvedObject.fieldPath ?? '',
    reason: event.reason ?? '',
    reportingComponent: event.reportingComponent ?? '',
    source: event.source?.component || event.reportingComponent || '',
    type: event.type ?? '',
  }),
  strategy: {
    hasDependents: false,
    createOnUpdate: true,
    /** Fields that are on the wire even when they are empty. */
    defaults(event) {
      event.involvedObject ??= {};
      event.reportingComponent ??= '';
      event.reportingInstance ??= '';
      event.source ??= {};
    },
    /** v1 never checked the names of events. */
    validateName: () => [],
    validate: validateEvent,
  },
});
