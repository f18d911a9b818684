/**
 * Schedules as Kubernetes reads them: five fields, names of months and weekdays, or a descriptor such as `@daily`
 * (https://pkg.go.dev/github.com/robfig/cron/v3). Errors are in that package's words: users see them as they are.
 */
import { isTimeZone } from './time-zone.ts';

export class ScheduleError extends Error {}

interface Field {
  min: number;
  max: number;
  names: readonly string[];
}

const none: readonly string[] = [];
/** Names count from the minimum on. */
const fields: readonly Field[] = [
  { min: 0, max: 59, names: none },
  { min: 0, max: 23, names: none },
  { min: 1, max: 31, names: none },
  { min: 1, max: 12, names: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] },
  { min: 0, max: 6, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
];

const descriptors = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'];
const every = '@every ';

/** Throws ScheduleError where `text` is no schedule. */
export function checkSchedule(text: string): void {
  const zone = /^(?:CRON_)?TZ=(\S*)\s*/.exec(text);
  if (zone && !isTimeZone(zone[1] ?? '')) throw new ScheduleError(`provided bad location ${zone[1]}: unknown time zone ${zone[1]}`);
  const schedule = text.slice(zone?.[0].length ?? 0);
  if (schedule.startsWith('@')) checkDescriptor(schedule);
  else checkFields(schedule.split(/\s+/).filter((part) => part !== ''));
}

function checkFields(parts: readonly string[]): void {
  if (parts.length !== fields.length)
    throw new ScheduleError(`expected exactly ${fields.length} fields, found ${parts.length}: [${parts.join(' ')}]`);
  for (const [i, field] of fields.entries()) for (const range of (parts[i] ?? '').split(',')) if (range !== '') checkRange(range, field);
}

function checkDescriptor(text: string): void {
  if (descriptors.includes(text)) return;
  if (!text.startsWith(every)) throw new ScheduleError(`unrecognized descriptor: ${text}`);
  const problem = durationProblem(text.slice(every.length));
  if (problem) throw new ScheduleError(`failed to parse duration ${text}: time: ${problem}`);
}

/** What Go's time.ParseDuration says of `1h30m` and the like. */
function durationProblem(text: string): string | undefined {
  const quoted = JSON.stringify(text);
  const rest = text.replace(/^[+-]/, '');
  if (rest === '0') return undefined;
  if (!/^(?=.)((\d+\.?\d*|\.\d+)[^\d.]*)+$/.test(rest)) return `invalid duration ${quoted}`;
  for (const [, unit = ''] of rest.matchAll(/[\d.]+([^\d.]*)/g)) {
    if (unit === '') return `missing unit in duration ${quoted}`;
    if (!['ns', 'us', 'µs', 'μs', 'ms', 's', 'm', 'h'].includes(unit)) return `unknown unit ${JSON.stringify(unit)} in duration ${quoted}`;
  }
  return undefined;
}

/** One of `n`, `n-m`, `*`, each with an optional `/step`; a step makes `n` mean `n-max`. */
function checkRange(text: string, field: Field): void {
  const [range = '', step, ...moreSlashes] = text.split('/');
  const [first = '', last, ...moreHyphens] = range.split('-');
  const isAll = first === '*' || first === '?';
  const start = isAll ? field.min : readNumber(first, field);
  if (!isAll && moreHyphens.length > 0) throw new ScheduleError(`too many hyphens: ${text}`);
  const named = isAll ? field.max : last === undefined ? start : readNumber(last, field);
  if (moreSlashes.length > 0) throw new ScheduleError(`too many slashes: ${text}`);
  const width = step === undefined ? 1 : readNumber(step);
  const end = step !== undefined && last === undefined ? field.max : named;
  if (start < field.min) throw new ScheduleError(`beginning of range (${start}) below minimum (${field.min}): ${text}`);
  if (end > field.max) throw new ScheduleError(`end of range (${end}) above maximum (${field.max}): ${text}`);
  if (start > end) throw new ScheduleError(`beginning of range (${start}) beyond end of range (${end}): ${text}`);
  if (width === 0) throw new ScheduleError(`step of range should be a positive number: ${text}`);
}

function readNumber(text: string, field?: Field): number {
  const named = field?.names.indexOf(text.toLowerCase()) ?? -1;
  if (named >= 0) return named + (field?.min ?? 0);
  const parsing = `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}`;
  if (!/^[+-]?\d+$/.test(text)) throw new ScheduleError(`${parsing}: invalid syntax`);
  const value = BigInt(text.replace('+', ''));
  if (BigInt.asIntN(64, value) !== value) throw new ScheduleError(`${parsing}: value out of range`);
  if (value < 0n) throw new ScheduleError(`negative number (${value}) not allowed: ${text}`);
  return Number(value);
}
