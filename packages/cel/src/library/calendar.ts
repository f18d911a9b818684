/** The parts of a time, in UTC or a time zone by name or offset: the library's depend on the zone of this machine. */
import type { Environment } from '@marcbachmann/cel-js';
import { evaluationError } from '../cel-error.ts';

const dayMs = 86_400_000;

/** Each reads a part off a time whose UTC fields are those of the zone. */
const parts: Readonly<Record<string, (local: Date) => number>> = {
  getFullYear: (local) => local.getUTCFullYear(),
  getMonth: (local) => local.getUTCMonth(),
  getDate: (local) => local.getUTCDate(),
  getDayOfMonth: (local) => local.getUTCDate() - 1,
  getDayOfWeek: (local) => local.getUTCDay(),
  getDayOfYear: (local) => Math.floor((local.getTime() - Date.UTC(local.getUTCFullYear(), 0, 1)) / dayMs),
  getHours: (local) => local.getUTCHours(),
  getMinutes: (local) => local.getUTCMinutes(),
  getSeconds: (local) => local.getUTCSeconds(),
  getMilliseconds: (local) => local.getUTCMilliseconds(),
};

export const calendarFunctions = Object.keys(parts);

/** Offsets of named zones are found out with these, which are costly to make. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(zone, format);
    return format;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw evaluationError(`unknown time zone ${zone}`);
  }
}

/** A time whose UTC fields are those that clocks in the zone show. */
function inZone(time: Date, zone: string): Date {
  const [, sign, hours = '', minutes = ''] = /^([+-]?)(\d\d):(\d\d)$/.exec(zone) ?? [];
  if (sign !== undefined) {
    const offset = (Number(hours) * 60 + Number(minutes)) * 60_000;
    return new Date(time.getTime() + (sign === '-' ? -offset : offset));
  }
  const shown = Object.fromEntries(
    formatOf(zone)
      .formatToParts(time)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = shown;
  return new Date(Date.UTC(year, month - 1, day, hour, minute, second, time.getUTCMilliseconds()));
}

export function registerCalendar(env: Environment): void {
  const [timestamp, duration] = ['google.protobuf.Timestamp', 'google.protobuf.Duration'];
  const sync = { async: false };
  for (const [name, read] of Object.entries(parts))
    env
      .registerFunction(`${timestamp}.t8s_${name}(): int`, (time: Date) => BigInt(read(time)), sync)
      .registerFunction(`${timestamp}.t8s_${name}(string): int`, (time: Date, zone: string) => BigInt(read(inZone(time, zone))), sync);
  for (const name of ['getHours', 'getMinutes', 'getSeconds', 'getMilliseconds'] as const)
    env.registerFunction(`${duration}.t8s_${name}(): int`, (span: Record<typeof name, () => bigint>) => span[name](), sync);
}
