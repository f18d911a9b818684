/** Which start of a cron job is due, and when the next one is. Pure. */
import type { CronJob, Schedule } from '@t8s/api';
import { parseTime } from '@t8s/meta';
import { nextTime } from './next-time.ts';
import { localZone } from './time-zone.ts';

/** So many starts were missed that somebody should know. */
const many = 100;
/** The look comes after the minute has begun. */
const delay = 100;

export interface Starts {
  /** The latest start since the last one, or since the cron job was made. */
  due: number | undefined;
  /** More than a hundred were missed; one is made up for. */
  tooManyMissed: boolean;
  /** Milliseconds until the next start; undefined where the schedule names no time that ever comes. */
  wait: number | undefined;
}

/** Of starts by the clock only those within the starting deadline are looked at, if there is one. */
export function startsOf({ metadata, spec, status }: CronJob, schedule: Schedule, now: number): Starts {
  const { timeZone, startingDeadlineSeconds = Infinity } = spec;
  const zone = zoneOf(timeZone);
  const next = (after: number): number => nextTime(schedule, after, zone) ?? Infinity;
  const last = parseTime(status?.lastScheduleTime ?? metadata.creationTimestamp ?? '') ?? now;
  const first = next('every' in schedule.times ? last : Math.max(last, now - startingDeadlineSeconds * 1000));
  if (first > now) return { due: undefined, tooManyMissed: false, wait: waitFor(first, now) };
  const second = next(first);
  if (second > now) return { due: first, tooManyMissed: false, wait: waitFor(second, now) };
  // As many intervals as fit, less one: from there on it is looked at one by one, for intervals differ. Where they differ much, none is
  // found (upstream's).
  const interval = second - first;
  const missed = Math.floor((now - first) / interval) + 1;
  let due: number | undefined;
  let coming = next(first + (missed - 2) * interval);
  for (; coming <= now; coming = next(coming)) due = coming;
  return { due, tooManyMissed: missed > many, wait: waitFor(coming, now) };
}

/** Where none is given, schedules are of the zone this process is in. */
export const zoneOf = (timeZone: string | undefined): string =>
  timeZone === undefined || timeZone === 'Local' ? localZone() : timeZone || 'UTC';

const waitFor = (time: number, now: number): number | undefined => (time === Infinity ? undefined : time - now + delay);
