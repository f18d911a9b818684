/** Clocks of the time zone database, by way of Intl. A wall time is written as the milliseconds it would be in UTC. */

const formats = new Map<string, Intl.DateTimeFormat>();

export const localZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** What the clocks of `zone` show at `time`. Throws RangeError on a zone that is not known. */
export function wallTime(time: number, zone: string): number {
  let format = formats.get(zone);
  if (!format) {
    const numeric = 'numeric';
    const options = { year: numeric, month: numeric, day: numeric, hour: numeric, minute: numeric, second: numeric } as const;
    format = new Intl.DateTimeFormat('en-US', { ...options, timeZone: zone, hourCycle: 'h23' });
    formats.set(zone, format);
  }
  const part: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
  for (const { type, value } of format.formatToParts(time)) part[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second) + (((time % 1000) + 1000) % 1000);
}

/** The first time at which the clocks show `wall`; where they skip it, the time at which they do. */
export function timeOf(wall: number, zone: string): number {
  const behind = (time: number): number => time - wallTime(time, zone);
  const guess = wall + behind(wall);
  const time = wall + behind(guess);
  return wallTime(time, zone) < wall ? guess : time;
}

/** RFC 3339 with the offset of the zone. */
export function formatInZone(time: number, zone: string): string {
  const wall = wallTime(time, zone);
  const minutes = Math.round((wall - time) / 60_000);
  const two = (n: number): string => String(n).padStart(2, '0');
  const offset = `${minutes < 0 ? '-' : '+'}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;
  return `${new Date(wall).toISOString().slice(0, 19)}${minutes === 0 ? 'Z' : offset}`;
}
