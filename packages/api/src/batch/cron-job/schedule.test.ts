import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSchedule, ScheduleError } from './schedule.ts';

const problem = (text: string): string | undefined => {
  try {
    parseSchedule(text);
    return undefined;
  } catch (error) {
    if (error instanceof ScheduleError) return error.message;
    throw error;
  }
};

test('schedules', () => {
  const good = [
    '* * * * *',
    '*/5 0-6,12 ? JAN-mar Mon',
    ' 0  22 * * 1-5 ',
    '5/15 * * * *',
    '@daily',
    '@every 1h30m',
    '@every 1.5h',
    'TZ=Asia/Tokyo 0 6 * * ?',
  ];
  for (const text of good) assert.equal(problem(text), undefined, text);
});

const bad: [text: string, message: string][] = [
  ['* * * *', 'expected exactly 5 fields, found 4: [* * * *]'],
  ['0 0 * * * *', 'expected exactly 5 fields, found 6: [0 0 * * * *]'],
  ['60 * * * *', 'end of range (60) above maximum (59): 60'],
  ['* * 0 * *', 'beginning of range (0) below minimum (1): 0'],
  ['* * * * 7', 'end of range (7) above maximum (6): 7'],
  ['* 5-1 * * *', 'beginning of range (5) beyond end of range (1): 5-1'],
  ['*/0 * * * *', 'step of range should be a positive number: */0'],
  ['1/2/3 * * * *', 'too many slashes: 1/2/3'],
  ['1-2-3 * * * *', 'too many hyphens: 1-2-3'],
  ['a * * * *', 'failed to parse int from a: strconv.Atoi: parsing "a": invalid syntax'],
  ['L * * * *', 'failed to parse int from L: strconv.Atoi: parsing "L": invalid syntax'],
  ['* * * * 5#2', 'failed to parse int from 5#2: strconv.Atoi: parsing "5#2": invalid syntax'],
  ['*/-1 * * * *', 'negative number (-1) not allowed: -1'],
  ['@often', 'unrecognized descriptor: @often'],
  ['@every 5', 'failed to parse duration @every 5: time: missing unit in duration "5"'],
  ['@every 5y', 'failed to parse duration @every 5y: time: unknown unit "y" in duration "5y"'],
  ['@every x', 'failed to parse duration @every x: time: invalid duration "x"'],
  ['TZ=Nowhere * * * * *', 'provided bad location Nowhere: unknown time zone Nowhere'],
];

test('what is no schedule, in the words of upstream’s parser', () => {
  for (const [text, message] of bad) assert.equal(problem(text), message, text);
});
