/** What has happened to an object lately. */
import type { CoreEvent } from '@t8s/api';
import { StatusError } from '@t8s/meta';
import { listObjects } from '../../resources/requests.ts';
import type { Session } from '../../session.ts';
import { type Description, since } from './description.ts';

export interface About {
  kind: string;
  name: string | undefined;
  uid: string | undefined;
  namespace: string | undefined;
}

/** Events of the object; none where the server refuses them. */
export async function eventsOf(session: Session, { kind, name = '', uid, namespace = '' }: About): Promise<CoreEvent[]> {
  const terms = [`involvedObject.name=${name}`, `involvedObject.namespace=${namespace}`, `involvedObject.kind=${kind}`];
  // The kubelet's events have the node's name for its uid.
  const uids = kind === 'Node' ? [uid, name] : [uid];
  const resource = await session.discovery.find('events');
  const lists = await Promise.all(
    uids.map(async (one) => {
      const fieldSelector = [...terms, ...(one ? [`involvedObject.uid=${one}`] : [])].join(',');
      return (await listObjects(session.client, resource, { namespace, fieldSelector })).items as unknown as CoreEvent[];
    }),
  ).catch((error: unknown) => {
    if (error instanceof StatusError) return [];
    throw error;
  });
  return lists.flat();
}

/** Those seen last come last. */
export function describeEvents(to: Description, events: readonly CoreEvent[], now: number): void {
  if (events.length === 0) {
    to.line(0, 'Events:', '<none>');
    return;
  }
  to.line(0, 'Events:');
  to.line(1, 'Type', 'Reason', 'Age', 'From', 'Message');
  to.line(1, '----', '------', '----', '----', '-------');
  const last = ({ lastTimestamp }: CoreEvent): string => lastTimestamp ?? '';
  for (const event of [...events].sort((a, b) => (last(a) < last(b) ? -1 : last(a) > last(b) ? 1 : 0))) {
    const { type, reason, source, reportingComponent, message } = event;
    to.line(1, type, reason, seen(event, now), source?.component || reportingComponent, message?.trim());
  }
}

/** `3s`, or `3s (x4 over 2m)` for what was seen more than once. */
function seen({ eventTime, firstTimestamp, lastTimestamp, series, count = 0 }: CoreEvent, now: number): string {
  const first = since(eventTime ?? firstTimestamp, now);
  if (series) return `${since(series.lastObservedTime, now)} (x${series.count ?? 0} over ${first})`;
  return count > 1 ? `${since(lastTimestamp, now)} (x${count} over ${first})` : first;
}
