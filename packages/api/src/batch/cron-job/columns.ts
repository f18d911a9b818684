import { containerColumns, formatSelector } from '../../apps/workload-columns.ts';
import { age, ageColumn, nameColumn } from '../../columns.ts';
import type { CronJob } from '../../generated/types.ts';
import type { Column } from '../../kind.ts';

export const cronJobColumns: readonly Column<CronJob>[] = [
  nameColumn,
  {
    name: 'Schedule',
    type: 'string',
    description: 'The schedule in Cron format, see https://en.wikipedia.org/wiki/Cron.',
    cell: ({ spec }) => spec.schedule,
  },
  {
    name: 'Timezone',
    type: 'string',
    description: 'The time zone name for the given schedule, see https://en.wikipedia.org/wiki/List_of_tz_database_time_zones.',
    cell: ({ spec }) => spec.timeZone ?? '<none>',
  },
  {
    name: 'Suspend',
    type: 'boolean',
    description:
      'This flag tells the controller to suspend subsequent executions, it does not apply to already started executions.  Defaults to false.',
    cell: ({ spec: { suspend } }) => (suspend === undefined ? '<unset>' : suspend ? 'True' : 'False'),
  },
  {
    name: 'Active',
    type: 'integer',
    description: 'A list of pointers to currently running jobs.',
    cell: ({ status }) => status?.active?.length ?? 0,
  },
  {
    name: 'Last Schedule',
    type: 'string',
    description: 'Information when was the last time the job was successfully scheduled.',
    cell: ({ status }, now) => (status?.lastScheduleTime === undefined ? '<none>' : age(status.lastScheduleTime, now)),
  },
  ageColumn,
  ...containerColumns<CronJob>(({ spec }) => spec.jobTemplate.spec?.template),
  {
    name: 'Selector',
    type: 'string',
    priority: 1,
    description: 'Label selector of the pods.',
    cell: ({ spec }) => formatSelector(spec.jobTemplate.spec?.selector),
  },
];
