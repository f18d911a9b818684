import type { CoreEvent } from '../../generated/types.ts';
import { defineKind } from '../../kind.ts';

export const eventKind = defineKind<CoreEvent>({
  group: '',
  version: 'v1',
  kind: 'Event',
  resource: 'events',
  singular: 'event',
  shortNames: ['ev'],
  namespaced: true,
  schema: 'CoreEvent',
  ttlSeconds: () => 3600,
  strategy: { createOnUpdate: true },
});
