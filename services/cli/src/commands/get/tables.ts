import { StatusError } from '@t8s/meta';
import { TablePrinter, type TableRow } from '../../printers/table.ts';
import { getTable } from '../../resources/requests.ts';
import { kindName, type Resource } from '../../resources/resource.ts';
import type { Target } from '../../resources/targets.ts';
import { Failure, failureText } from '../failure.ts';
import type { Flags, Invocation } from '../verb.ts';
import { sortedBy } from './sort.ts';

/** One table for each run of targets of the same resource; an empty line between tables. */
export async function printTables({ session, flags }: Invocation, targets: readonly Target[]): Promise<void> {
  const { io, client } = session;
  const sortBy = flags.text('sort-by');
  const errors: string[] = [];
  const groups: {
    resource: Resource;
    rows: TableRow[];
    columnDefinitions: NonNullable<Awaited<ReturnType<typeof getTable>>['columnDefinitions']>;
  }[] = [];
  for (const { resource, name, namespace = session.namespace } of targets) {
    try {
      const table = await getTable(client, resource, {
        namespace: flags.on('all-namespaces') ? undefined : namespace,
        labelSelector: flags.text('selector'),
        fieldSelector: flags.text('field-selector'),
        includeObject: sortBy !== '',
        ...(name !== undefined && { name }),
        ...(flags.text('subresource') && { subresource: flags.text('subresource') }),
      });
      const last = groups.at(-1);
      if (last?.resource === resource) last.rows.push(...table.rows);
      else groups.push({ resource, rows: table.rows, columnDefinitions: table.columnDefinitions ?? [] });
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      if (!(error.reason === 'NotFound' && flags.on('ignore-not-found'))) errors.push(failureText(error));
    }
  }
  const several = new Set(groups.map(({ resource }) => resource)).size > 1;
  let written = false;
  for (const { resource, rows, columnDefinitions } of groups) {
    const printer = new TablePrinter(tableLook({ flags, resource, several }));
    const sorted = sortBy === '' || rows.length < 2 ? rows : (sortedBy(rows, sortBy, ({ object }) => object) ?? []);
    const text = printer.format({ columnDefinitions, rows: sorted });
    if (text === '') continue;
    io.out((written && !flags.on('no-headers') ? '\n' : '') + text);
    written = true;
  }
  if (!written && errors.length === 0 && !flags.on('ignore-not-found')) {
    const namespaced = !flags.on('all-namespaces') && targets.every(({ resource }) => resource.namespaced);
    io.err(namespaced ? `No resources found in ${session.namespace} namespace.\n` : 'No resources found\n');
  }
  if (errors.length > 0) throw new Failure(errors.join('\n'));
}

export function tableLook({
  flags,
  resource,
  several,
}: {
  flags: Flags;
  resource: Resource;
  several: boolean;
}): ConstructorParameters<typeof TablePrinter>[0] {
  return {
    wide: flags.text('output') === 'wide',
    headers: !flags.on('no-headers'),
    withNamespace: flags.on('all-namespaces') && resource.namespaced,
    kindPrefix: several || flags.on('show-kind') ? `${kindName(resource)}/` : '',
    showLabels: flags.on('show-labels'),
    labelColumns: flags.list('label-columns'),
  };
}
