import { eventColumns } from '../../core/event/columns.ts';
import { eventTtlSeconds } from '../../core/event/kind.ts';
import { validateStrictly, validateStrictUpdate } from '../../core/event/validate.ts';
import type { CoreEvent, Event } from '../../generated/types.ts';
import { defineKind } from '../../kind.ts';
import { fromCoreEvent, toCoreEvent } from './convert.ts';

export const eventsEventKind = defineKind<Event>({
  group: 'events.k8s.io',
  version: 'v1',
  kind: 'Event',
  resource: 'events',
  singular: 'event',
  shortNames: ['ev'],
  namespaced: true,
  schema: 'Event',
  alias: {
    of: { group: '', resource: 'events' },
    toStorage: toCoreEvent,
    fromStorage: (object) => fromCoreEvent(object as CoreEvent),
  },
  ttlSeconds: () => eventTtlSeconds,
  columns: eventColumns.map((column) => ({ ...column, cell: (event: Event, now: number) => column.cell(toCoreEvent(event), now) })),
  selectableFields: ({ regarding = {}, reason = '', reportingController = '', type = '' }) => ({
    'regarding.kind': regarding.kind ?? '',
    'regarding.namespace': regarding.namespace ?? '',
    'regarding.name': regarding.name ?? '',
    'regarding.uid': regarding.uid ?? '',
    'regarding.apiVersion': regarding.apiVersion ?? '',
    'regarding.resourceVersion': regarding.resourceVersion ?? '',
    'regarding.fieldPath': regarding.fieldPath ?? '',
    reason,
    reportingController,
    type,
  }),
  strategy: {
    hasDependents: false,
    createOnUpdate: true,
    validate: (event) => validateStrictly(toCoreEvent(event)),
    validateUpdate: (event, old) => validateStrictUpdate(toCoreEvent(event), toCoreEvent(old)),
  },
});
