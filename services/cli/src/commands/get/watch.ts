import { lines } from '@t8s/client';
import { type Status, StatusError } from '@t8s/meta';
import { objectPrinter } from '../../printers/object-printer.ts';
import { type Table, TablePrinter } from '../../printers/table.ts';
import { type AnyObject, getTable, listObjects, openWatch, type Picking } from '../../resources/requests.ts';
import type { Target } from '../../resources/targets.ts';
import { Failure } from '../failure.ts';
import type { Invocation } from '../verb.ts';
import { tableLook } from './tables.ts';

/** Prints what is there, then every change until the signal. */
export async function watch({ session, flags }: Invocation, targets: readonly Target[]): Promise<void> {
  const [target, ...others] = targets;
  if (!target || others.length > 0) throw new Failure('error: you may only specify a single resource type');
  const { resource, name } = target;
  const { io, client } = session;
  const output = flags.text('output');
  const asTable = output === '' || output === 'wide';
  const picking: Picking = {
    namespace: flags.on('all-namespaces') ? undefined : session.namespace,
    labelSelector: flags.text('selector'),
    fieldSelector: name === undefined ? flags.text('field-selector') : `metadata.name=${name}`,
  };
  const withEvents = flags.on('output-watch-events');
  const tables = new TablePrinter(tableLook({ flags, resource, several: false }));
  const objects = asTable
    ? undefined
    : objectPrinter({ output, headers: !flags.on('no-headers'), showManagedFields: flags.on('show-managed-fields') });
  const print = (type: string, object: unknown): void => {
    if (objects) io.out(objects.format([{ object: object as AnyObject, resource }], false));
    else io.out(tables.format(object as Table, withEvents ? type : undefined));
  };
  let resourceVersion: string | undefined;
  if (asTable) {
    const table = await getTable(client, resource, picking);
    ({ resourceVersion } = table.metadata);
    if (!flags.on('watch-only')) print('ADDED', table);
  } else {
    const { items, metadata } = await listObjects(client, resource, picking);
    ({ resourceVersion } = metadata);
    if (!flags.on('watch-only')) for (const item of items) print('ADDED', item);
  }
  try {
    const chunks = await openWatch(client, resource, { ...picking, resourceVersion: resourceVersion ?? '', signal: io.signal, asTable });
    for await (const line of lines(chunks)) {
      const event = JSON.parse(line) as { type: string; object: unknown };
      if (event.type === 'ERROR') throw new StatusError(event.object as Status);
      if (event.type !== 'BOOKMARK') print(event.type, event.object);
    }
  } catch (error) {
    if (!io.signal.aborted) throw error;
  }
}
