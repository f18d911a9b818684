import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage } from '@t8s/meta';
import type { CoreEvent } from '../../generated/types.ts';
import { eventKind } from './kind.ts';

const event = (more: Partial<CoreEvent> = {}): CoreEvent => ({
  metadata: { name: 'E', namespace: 'default' },
  involvedObject: { kind: 'Pod', name: 'p', namespace: 'default' },
  ...more,
});
const messages = (more: Partial<CoreEvent>): string[] => (eventKind.strategy.validate?.(event(more)) ?? []).map(fieldErrorMessage);
const timed = { eventTime: '2026-01-01T00:00:00.000000Z', reportingComponent: 'c', reportingInstance: 'i', action: 'a', reason: 'r' };

test('an event is in the namespace of what it is about', () => {
  const wrong = (namespace: string): string => `involvedObject.namespace: Invalid value: "${namespace}": does not match event.namespace`;
  assert.deepEqual(messages({}), []);
  assert.deepEqual(messages({ involvedObject: { kind: 'Node' } }), []);
  assert.deepEqual(messages({ involvedObject: { namespace: 'other' } }), [wrong('other')]);
  assert.deepEqual(messages({ metadata: { namespace: 'x' }, involvedObject: { kind: 'Node' } }), [wrong('')]);
});

test('one with a time says who reports what', () => {
  assert.deepEqual(messages(timed), []);
  assert.deepEqual(messages({ ...timed, action: '', reason: 'r'.repeat(129), reportingInstance: '' }), [
    'reportingInstance: Required value',
    'action: Required value',
    'reason: Invalid value: "": can have at most 128 characters',
  ]);
  assert.match(
    messages({ ...timed, reportingComponent: 'a b' }).join(),
    /^reportingController: Invalid value: "a b": name part must consist/,
  );
});

test('columns, selectable fields, lifetime', () => {
  const now = Date.parse('2026-01-01T00:10:00Z');
  const of = event({
    type: 'Warning',
    reason: 'BackOff',
    message: ' text\n',
    count: 3,
    source: { component: 'kubelet', host: 'n' },
    firstTimestamp: '2026-01-01T00:00:00Z',
    lastTimestamp: '2026-01-01T00:09:00Z',
  });
  assert.deepEqual(
    eventKind.columns?.map((column) => column.cell(of, now)),
    ['60s', 'Warning', 'BackOff', 'pod/p', '', 'kubelet, n', 'text', '10m', 3, 'E'],
  );
  const single = event(timed);
  assert.deepEqual(
    [0, 5, 7, 8].map((i) => eventKind.columns?.[i]?.cell(single, now)),
    ['10m', 'c, i', '10m', 1],
  );
  const fields = eventKind.selectableFields?.(of) ?? {};
  assert.deepEqual([fields['involvedObject.name'], fields['source'], fields['type']], ['p', 'kubelet', 'Warning']);
  assert.equal(eventKind.ttlSeconds?.(of), 3600);
});
