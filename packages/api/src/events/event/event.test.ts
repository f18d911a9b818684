import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage } from '@t8s/meta';
import type { CoreEvent, Event } from '../../generated/types.ts';
import { fromCoreEvent } from './convert.ts';
import { eventsEventKind } from './kind.ts';

const event: Event = {
  apiVersion: 'events.k8s.io/v1',
  kind: 'Event',
  metadata: { name: 'e', namespace: 'default' },
  eventTime: '2026-01-01T00:00:00.000000Z',
  regarding: { kind: 'Pod', name: 'p', namespace: 'default' },
  note: 'text',
  type: 'Normal',
  reason: 'r',
  action: 'a',
  reportingController: 'c',
  reportingInstance: 'i',
};

test('the two spellings of an event are one object', () => {
  const core = eventsEventKind.alias?.toStorage(event) as CoreEvent;
  assert.deepEqual(core, {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: event.metadata,
    eventTime: event.eventTime,
    involvedObject: event.regarding,
    message: 'text',
    type: 'Normal',
    reason: 'r',
    action: 'a',
    reportingComponent: 'c',
    reportingInstance: 'i',
  });
  assert.deepEqual(eventsEventKind.alias?.fromStorage(core), event);
  const old: CoreEvent = {
    metadata: {},
    involvedObject: {},
    count: 2,
    firstTimestamp: 'f',
    lastTimestamp: 'l',
    source: { component: 's' },
  };
  const { deprecatedCount, deprecatedFirstTimestamp, deprecatedLastTimestamp, deprecatedSource } = fromCoreEvent(old);
  assert.deepEqual(
    [deprecatedCount, deprecatedFirstTimestamp, deprecatedLastTimestamp, deprecatedSource],
    [2, 'f', 'l', { component: 's' }],
  );
});

test('by this API events are checked strictly', () => {
  const messages = (more: Partial<Event>): string[] =>
    (eventsEventKind.strategy.validate?.({ ...event, ...more }) ?? []).map(fieldErrorMessage);
  assert.deepEqual(messages({}), []);
  assert.deepEqual(messages({ type: 'x', deprecatedCount: 1 }), [
    'type: Invalid value: "": has invalid value: x',
    'count: Invalid value: "": needs to be unset',
  ]);
  assert.deepEqual(messages({ series: { count: 1, lastObservedTime: '' } }), [
    'series.count: Invalid value: "": should be at least 2',
    'series.lastObservedTime: Required value',
  ]);
  assert.deepEqual((eventsEventKind.strategy.validateUpdate?.({ ...event, note: 'other' }, event) ?? []).map(fieldErrorMessage), [
    'message: Invalid value: "other": field is immutable',
  ]);
});
