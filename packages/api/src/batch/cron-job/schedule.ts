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

/** What the short names stand for. */
const descriptors: Record<string, string> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};
const every = '@every ';

/** The values of a field that count. */
export interface ScheduleField {
  values: ReadonlySet<number>;
  /** Written as `*` or `?`: of two day fields the other one decides. */
  isAny: boolean;
}

export interface CalendarSchedule {
  minutes: ScheduleField;
  hours: ScheduleField;
  /** From 1. */
  days: ScheduleField;
  /** From 1. */
  months: ScheduleField;
  /** 0 is Sunday. */
  weekdays: ScheduleField;
}

export interface Schedule {
  /** The time zone written before the fields: only old objects have one there. Empty is UTC. */
  zone: string | undefined;
  /** When by the clock, or each how many milliseconds. */
  times: CalendarSchedule | { every: number };
}

/** Throws ScheduleError where `text` is no schedule. */
export function parseSchedule(text: string): Schedule {
  const prefix = /^(?:CRON_)?TZ=(\S*)\s*/.exec(text);
  const zone = prefix?.[1];
  if (zone !== undefined && !isTimeZone(zone)) throw new ScheduleError(`provided bad location ${zone}: unknown time zone ${zone}`);
  const schedule = text.slice(prefix?.[0].length ?? 0);
  if (schedule.startsWith(every)) return { zone, times: { every: parseEvery(schedule) } };
  const named = Object.hasOwn(descriptors, schedule) ? descriptors[schedule] : undefined;
  if (schedule.startsWith('@') && named === undefined) throw new ScheduleError(`unrecognized descriptor: ${schedule}`);
  return { zone, times: parseFields((named ?? schedule).split(/\s+/).filter((part) => part !== '')) };
}

function parseFields(parts: readonly string[]): CalendarSchedule {
  if (parts.length !== fields.length)
    throw new ScheduleError(`expected exactly ${fields.length} fields, found ${parts.length}: [${parts.join(' ')}]`);
  const [minutes, hours, days, months, weekdays] = fields.map((field, i) => parseField(parts[i] ?? '', field));
  const empty: ScheduleField = { values: new Set(), isAny: false };
  return { minutes: minutes ?? empty, hours: hours ?? empty, days: days ?? empty, months: months ?? empty, weekdays: weekdays ?? empty };
}

function parseField(text: string, field: Field): ScheduleField {
  const values = new Set<number>();
  let isAny = false;
  for (const part of text.split(',').filter((part) => part !== '')) {
    const { start, end, step, isAll } = parseRange(part, field);
    for (let value = start; value <= end; value += step) values.add(value);
    if (isAll && step === 1) isAny = true;
  }
  return { values, isAny };
}

const milliseconds: Record<string, number> = { ns: 1e-6, us: 1e-3, µs: 1e-3, μs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** `@every` and what Go's time.ParseDuration reads, in its words where it does not. In whole seconds, one at least. */
function parseEvery(text: string): number {
  const duration = text.slice(every.length);
  const quoted = JSON.stringify(duration);
  const refuse = (why: string): ScheduleError => new ScheduleError(`failed to parse duration ${text}: time: ${why} ${quoted}`);
  const rest = duration.replace(/^[+-]/, '');
  if (rest !== '0' && !/^(?=.)((\d+\.?\d*|\.\d+)[^\d.]*)+$/.test(rest)) throw refuse('invalid duration');
  let total = 0;
  for (const [, amount, unit = ''] of rest === '0' ? [] : rest.matchAll(/([\d.]+)([^\d.]*)/g)) {
    if (unit === '') throw refuse('missing unit in duration');
    const size = Object.hasOwn(milliseconds, unit) ? milliseconds[unit] : undefined;
    if (size === undefined) throw refuse(`unknown unit ${JSON.stringify(unit)} in duration`);
    total += Number(amount) * size;
  }
  return duration.startsWith('-') ? 1000 : Math.max(1000, Math.floor(total / 1000) * 1000);
}

/** One of `n`, `n-m`, `*`, each with an optional `/step`; a step makes `n` mean `n-max`. */
function parseRange(text: string, field: Field): { start: number; end: number; step: number; isAll: boolean } {
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
  return { start, end, step: width, isAll };
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
