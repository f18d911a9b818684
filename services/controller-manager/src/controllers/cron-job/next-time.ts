/**
 * When a schedule is due, as github.com/robfig/cron/v3 has it: at each minute whose wall time it names. So what clocks skip in
 * spring is not run, and what they show twice in autumn is run twice.
 */
import type { CalendarSchedule, Schedule } from '@t8s/api';
import { timeOf, wallTime } from './time-zone.ts';

const minute = 60_000;
const hour = 60 * minute;
const years = 5;

/** The first time after `after`, in milliseconds; undefined where five years have none (31 February). `zone` is for schedules without one. */
export function nextTime({ zone: own, times }: Schedule, after: number, zone: string): number | undefined {
  if ('every' in times) return Math.floor(after / 1000) * 1000 + times.every;
  return nextOnCalendar(times, after, own === undefined ? zone : own || 'UTC');
}

function nextOnCalendar({ minutes, hours, days, months, weekdays }: CalendarSchedule, after: number, zone: string): number | undefined {
  const isDue = (day: Date): boolean => {
    const [inMonth, inWeek] = [days.values.has(day.getUTCDate()), weekdays.values.has(day.getUTCDay())];
    return days.isAny || weekdays.isAny ? inMonth && inWeek : inMonth || inWeek;
  };
  const end = new Date(after).getUTCFullYear() + years;
  for (let time = Math.floor(after / minute) * minute + minute; ; ) {
    const wall = new Date(wallTime(time, zone));
    const [year, month, day] = [wall.getUTCFullYear(), wall.getUTCMonth(), wall.getUTCDate()];
    if (year > end) return undefined;
    if (!months.values.has(month + 1)) time = timeOf(Date.UTC(year, month + 1, 1), zone);
    else if (!isDue(wall)) time = timeOf(Date.UTC(year, month, day + 1), zone);
    else if (!hours.values.has(wall.getUTCHours())) time += hour - (wall.getTime() % hour);
    else if (!minutes.values.has(wall.getUTCMinutes())) time += minute;
    else return time;
  }
}
