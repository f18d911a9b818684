import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CoreEvent } from '@t8s/api';
import { Description } from './description.ts';
import { describeEvents } from './events.ts';

const now = Date.parse('2024-01-01T01:00:00Z');
const at = (minute: number): string => `2024-01-01T00:${minute}:00Z`;
const event = (more: Partial<CoreEvent>): CoreEvent => ({ metadata: {}, involvedObject: {}, type: 'Normal', ...more });
const text = (events: CoreEvent[]): string => {
  const to = new Description();
  describeEvents(to, events, now);
  return String(to);
};

test('how often and for how long', () => {
  const events = [
    event({
      reason: 'BackOff',
      type: 'Warning',
      count: 4,
      firstTimestamp: at(50),
      lastTimestamp: at(59),
      source: { component: 'kubelet' },
      message: ' again\n',
    }),
    event({ reason: 'Pulled', count: 1, firstTimestamp: at(50), lastTimestamp: at(51), source: { component: 'kubelet' }, message: 'done' }),
    event({ reason: 'Scheduled', eventTime: at(49), reportingComponent: 'default-scheduler', message: 'to node-0' }),
    event({ reason: 'Often', eventTime: at(40), series: { count: 7, lastObservedTime: at(58) }, message: 'many' }),
  ];
  assert.equal(
    text(events),
    `Events:
  Type     Reason     Age                From               Message
  ----     ------     ----               ----               -------
  Normal   Scheduled  11m                default-scheduler  to node-0
  Normal   Often      2m (x7 over 20m)                      many
  Normal   Pulled     10m                kubelet            done
  Warning  BackOff    60s (x4 over 10m)  kubelet            again
`,
  );
  assert.equal(text([]), 'Events:  <none>\n');
});
