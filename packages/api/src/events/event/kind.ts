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
  strategy: { createOnUpdate: true },
});
