/** One object as it is, and then as it changes. */
import { lines } from '@t8s/client';
import { isStatus, type Status, StatusError } from '@t8s/meta';
import { type AnyObject, listObjects, openWatch } from '../resources/requests.ts';
import type { Resource } from '../resources/resource.ts';
import type { Session } from '../session.ts';

export interface Followed {
  resource: Resource;
  namespace: string | undefined;
  name: string;
}

/** Undefined where it is not there, or no more. Ends with `signal`, and never by itself. */
export async function* objectVersions(
  { client }: Session,
  { resource, namespace, name }: Followed,
  signal: AbortSignal,
): AsyncGenerator<AnyObject | undefined> {
  const picking = { namespace, fieldSelector: `metadata.name=${name}` };
  while (!signal.aborted)
    try {
      const { items, metadata } = await listObjects(client, resource, picking);
      yield items[0];
      const query = { ...picking, resourceVersion: metadata.resourceVersion ?? '', signal, asTable: false };
      for await (const line of lines(await openWatch(client, resource, query))) {
        const event = JSON.parse(line) as { type: string; object: AnyObject };
        if (event.type === 'ERROR') throw new StatusError(event.object as Status);
        if (event.type !== 'BOOKMARK') yield event.type === 'DELETED' ? undefined : event.object;
      }
    } catch (error) {
      // What is older than the server remembers is read anew.
      if (!signal.aborted && !isStatus(error, 'Expired', 'Gone')) throw error;
    }
}

/** `io`'s signal that also ends after `milliseconds`; 0 is never. */
export const until = (signal: AbortSignal, milliseconds: number): AbortSignal =>
  milliseconds > 0 ? AbortSignal.any([signal, AbortSignal.timeout(milliseconds)]) : signal;
