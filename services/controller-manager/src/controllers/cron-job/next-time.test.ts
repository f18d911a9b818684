import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSchedule } from '@t8s/api';
import { nextTime } from './next-time.ts';
import { formatInZone } from './time-zone.ts';

const cases: [schedule: string, zone: string, after: string, ...next: string[]][] = [
  ['*/15 9-10 * * *', 'UTC', '2025-03-01T09:50:00Z', '2025-03-01T10:00:00Z', '2025-03-01T10:15:00Z'],
  ['0 0 1 * *', 'UTC', '2024-12-01T00:00:00Z', '2025-01-01T00:00:00Z', '2025-02-01T00:00:00Z'],
  ['0 12 29 feb *', 'UTC', '2025-01-01T00:00:00Z', '2028-02-29T12:00:00Z'],
  // Two days named: either will do. A step of `*` names days, `*` does not.
  ['0 0 13 * fri', 'UTC', '2025-06-01T00:00:00Z', '2025-06-06T00:00:00Z', '2025-06-13T00:00:00Z', '2025-06-20T00:00:00Z'],
  ['0 0 13 * *', 'UTC', '2025-06-01T00:00:00Z', '2025-06-13T00:00:00Z', '2025-07-13T00:00:00Z'],
  ['0 0 */10 * mon', 'UTC', '2025-06-01T12:00:00Z', '2025-06-02T00:00:00Z', '2025-06-09T00:00:00Z', '2025-06-11T00:00:00Z'],
  ['@weekly', 'Asia/Tokyo', '2025-06-03T00:00:00Z', '2025-06-08T00:00:00+09:00'],
  ['@every 90m', 'UTC', '2025-06-03T00:00:30Z', '2025-06-03T01:30:30Z'],
  ['TZ=Asia/Kolkata 30 5 * * *', 'UTC', '2025-06-03T00:00:00Z', '2025-06-04T00:00:00Z'],
  // Clocks skip 2:30 in spring, and show it twice in autumn.
  ['30 2 * * *', 'Europe/Berlin', '2025-03-29T12:00:00Z', '2025-03-31T02:30:00+02:00'],
  [
    '30 2 * * *',
    'Europe/Berlin',
    '2025-10-25T12:00:00Z',
    '2025-10-26T02:30:00+02:00',
    '2025-10-26T02:30:00+01:00',
    '2025-10-27T02:30:00+01:00',
  ],
  ['0 */12 * * *', 'America/New_York', '2025-03-09T00:00:00-05:00', '2025-03-09T12:00:00-04:00', '2025-03-10T00:00:00-04:00'],
  ['0 0 * * *', 'Australia/Sydney', '2025-04-05T12:00:00Z', '2025-04-06T00:00:00+11:00', '2025-04-07T00:00:00+10:00'],
  // A day without midnight, and clocks that go by half an hour.
  ['30 * 4 11 *', 'America/Sao_Paulo', '2018-11-03T12:00:00Z', '2018-11-04T01:30:00-02:00', '2018-11-04T02:30:00-02:00'],
  ['0 0 * * *', 'America/Sao_Paulo', '2018-11-03T12:00:00Z', '2018-11-05T00:00:00-02:00'],
  [
    '45 1-2 * * *',
    'Australia/Lord_Howe',
    '2025-04-05T12:00:00Z',
    '2025-04-06T01:45:00+11:00',
    '2025-04-06T01:45:00+10:30',
    '2025-04-06T02:45:00+10:30',
  ],
];

test('the times after a time, by the clocks of a zone', () => {
  for (const [text, zone, after, ...expected] of cases) {
    const schedule = parseSchedule(text);
    let time = Date.parse(after);
    const times = expected.map(() => {
      time = nextTime(schedule, time, zone) ?? Number.NaN;
      return formatInZone(time, zone);
    });
    assert.deepEqual(times, expected, `${text} in ${zone}`);
  }
});

test('a day that never comes is given up soon', () => {
  assert.equal(nextTime(parseSchedule('59 23 31 2 *'), Date.UTC(2025, 0, 1), 'Europe/Berlin'), undefined);
});
