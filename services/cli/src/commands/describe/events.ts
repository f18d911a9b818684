/** What has happened to an object lately. */
import type { CoreEvent } from '@t8s/api';
import { listObjects } from '../../resources/requests.ts';
import type { Session } from '../../session.ts';
import { type Description, since } from './description.ts';

export interface About {
  kind: string;
  name: string | undefined;
  uid: string | undefined;
  namespace: string | undefined;
}

/** Events of the object, oldest first. Those of objects outside namespaces are kept in `default`. */
export async function eventsOf(session: Session, { kind, name, uid, namespace = 'default' }: About): Promise<CoreEvent[]> {
  const about = { name, namespace: kind === 'Node' || namespace === '' ? '' : namespace, uid: kind === 'Node' ? '' : uid, kind };
  const fieldSelector = Object.entries(about)
    .filter(([, value]) => value)
    .map(([field, value]) => `involvedObject.${field}=${value}`)
    .join(',');
  const { items } = await listObjects(session.client, await session.discovery.find('events'), { namespace, fieldSelector });
  return (items as unknown as CoreEvent[]).sort((a, b) => ((a.lastTimestamp ?? '') < (b.lastTimestamp ?? '') ? -1 : 1));
}

export function describeEvents(to: Description, events: readonly CoreEvent[], now: number): void {
  if (events.length === 0) {
    to.line(0, 'Events:', '<none>');
    return;
  }
  to.line(0, 'Events:');
  to.line(1, 'Type', 'Reason', 'Age', 'From', 'Message');
  to.line(1, '----', '------', '----', '----', '-------');
  for (const { type, reason, count = 0, firstTimestamp, lastTimestamp, eventTime, source, reportingComponent, message } of events) {
    const first = since(firstTimestamp ?? eventTime, now);
    const age = count > 1 ? `${since(lastTimestamp, now)} (x${count} over ${first})` : first;
    to.line(1, type, reason, age, source?.component || reportingComponent, message?.trim());
  }
}
