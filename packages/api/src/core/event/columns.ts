import { age } from '../../columns.ts';
import type { CoreEvent } from '../../generated/types.ts';
import type { Column } from '../../kind.ts';

const firstSeen = ({ firstTimestamp, eventTime }: CoreEvent, now: number): string => age(firstTimestamp || eventTime, now);

function lastSeen(event: CoreEvent, now: number): string {
  if (event.series) return age(event.series.lastObservedTime, now);
  return event.lastTimestamp ? age(event.lastTimestamp, now) : firstSeen(event, now);
}

const column = (name: string, description: string, cell: Column<CoreEvent>['cell'], priority = 0): Column<CoreEvent> => ({
  name,
  type: 'string',
  description,
  ...(priority > 0 && { priority }),
  cell,
});

export const eventColumns: readonly Column<CoreEvent>[] = [
  column('Last Seen', 'Time since it happened last.', lastSeen),
  column('Type', 'Normal or Warning.', ({ type }) => type ?? ''),
  column('Reason', 'Why, as one word for machines.', ({ reason }) => reason ?? ''),
  column('Object', 'What the event is about.', ({ involvedObject: { kind = '', name } }) => kind.toLowerCase() + (name ? `/${name}` : '')),
  column('Subobject', 'The part of the object.', ({ involvedObject }) => involvedObject.fieldPath ?? '', 1),
  column('Source', 'Who tells of it.', formatSource, 1),
  column('Message', 'What happened.', ({ message }) => (message ?? '').trim()),
  column('First Seen', 'Time since it happened first.', firstSeen, 1),
  column('Count', 'How often it happened.', ({ series, count }) => series?.count ?? (count || 1), 1),
  { ...column('Name', 'Name of the event.', ({ metadata }) => metadata.name ?? '', 1), format: 'name' },
];

function formatSource({ source, reportingComponent, reportingInstance }: CoreEvent): string {
  const component = source?.component || reportingComponent || '';
  const instance = source?.host || reportingInstance || '';
  return instance === '' ? component : `${component}, ${instance}`;
}
