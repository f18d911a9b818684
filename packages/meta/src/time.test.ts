import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatMicroTime, formatTime, humanDuration, parseTime } from './time.ts';

test('ages read as kubectl prints them', () => {
  const s = 1000;
  const h = 3600 * s;
  const d = 24 * h;
  const cases: [number, string][] = [
    [-5 * s, '<invalid>'],
    [0, '0s'],
    [119 * s, '119s'],
    [120 * s, '2m'],
    [200 * s, '3m20s'],
    [17 * 60 * s, '17m'],
    [179 * 60 * s, '179m'],
    [5.2 * h, '5h12m'],
    [47 * h, '47h'],
    [52 * h, '2d4h'],
    [31 * d, '31d'],
    [745 * d, '2y15d'],
    [9 * 365 * d, '9y'],
  ];
  for (const [ms, text] of cases) assert.equal(humanDuration(ms), text);
});

test('times of the wire', () => {
  assert.equal(formatTime(1_700_000_000_123), '2023-11-14T22:13:20Z');
  assert.equal(formatMicroTime(1_700_000_000_123), '2023-11-14T22:13:20.123000Z');
  assert.equal(parseTime('2023-11-14T23:13:20+01:00'), 1_700_000_000_000);
  assert.equal(parseTime('yesterday'), undefined);
  assert.equal(parseTime('2023-13-14T22:13:20Z'), undefined);
});
