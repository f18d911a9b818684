/** The requests commands make, over resources of any kind. */
import type { Client } from '@t8s/client';
import { humanDuration, isStatus, type KubeObject, type ListMeta, parseTime } from '@t8s/meta';
import { reworded } from '../commands/failure.ts';
import type { Table } from '../printers/table.ts';
import { apiVersionOf, type Place, pathOf, type Resource, withQuery } from './resource.ts';

export type AnyObject = KubeObject & Record<string, unknown>;

export interface Picking {
  namespace?: string | undefined;
  labelSelector?: string;
  fieldSelector?: string;
}

const tableType = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json';
/** Lists are fetched in pieces of this many objects. */
const chunk = 500;

/** One object. Where its whole namespace is missing, the error says that. */
export async function getObject(client: Client, resource: Resource, place: Place): Promise<AnyObject> {
  try {
    return await client.getJson<AnyObject>(pathOf(resource, place));
  } catch (error) {
    const { namespace = 'default' } = place;
    if (isStatus(error, 'NotFound') && resource.namespaced && namespace !== 'default')
      await client.getJson(`/api/v1/namespaces/${encodeURIComponent(namespace)}`).catch((cause: unknown) => {
        if (isStatus(cause, 'NotFound')) throw cause;
      });
    throw error;
  }
}

/** All objects that match; each says its kind, which lists leave out. */
export async function listObjects(
  client: Client,
  resource: Resource,
  { namespace, ...query }: Picking,
): Promise<{ items: AnyObject[]; metadata: ListMeta }> {
  const items: AnyObject[] = [];
  for (let next: string | undefined = ''; ; ) {
    const path = withQuery(pathOf(resource, { namespace }), { ...query, limit: chunk, continue: next });
    const list: { items?: AnyObject[]; metadata: ListMeta } = await client.getJson<{ metadata: ListMeta }>(path).catch((error: unknown) => {
      throw ofList(error, resource, query);
    });
    for (const item of list.items ?? []) items.push({ ...item, apiVersion: apiVersionOf(resource), kind: resource.kind });
    next = list.metadata.continue;
    if (!next) return { items, metadata: list.metadata };
  }
}

export interface TableQuery extends Picking {
  name?: string;
  subresource?: string;
  includeObject?: boolean;
}

/** The server's own table of one object or of all that match. */
export async function getTable(client: Client, resource: Resource, query: TableQuery): Promise<Table & { metadata: ListMeta }> {
  const { namespace, name, subresource, includeObject, ...picking } = query;
  const result: Table & { metadata: ListMeta } = { rows: [], metadata: {} };
  for (let next: string | undefined = ''; ; ) {
    const path = withQuery(pathOf(resource, { namespace, name, subresource }), {
      ...(name === undefined && { ...picking, limit: chunk, continue: next }),
      ...(includeObject && { includeObject: 'Object' }),
    });
    const { body } = await client.request({ method: 'GET', path, headers: { accept: tableType } }).catch((error: unknown) => {
      throw name === undefined ? ofList(error, resource, picking) : error;
    });
    const table = asTable(JSON.parse(body.toString()));
    result.columnDefinitions ??= table.columnDefinitions;
    for (const row of table.rows ?? []) result.rows.push(row);
    result.metadata = table.metadata ?? {};
    next = result.metadata.continue;
    if (!next) return result;
  }
}

/** What the server makes no table of becomes one of names and ages. */
function asTable(answer: (Table & { kind?: string; metadata: ListMeta }) | AnyObject): Table & { metadata: ListMeta } {
  if (answer.kind === 'Table') return answer as Table & { metadata: ListMeta };
  const { metadata } = answer as AnyObject;
  const created = parseTime(metadata.creationTimestamp ?? '');
  const age = created === undefined ? '<unknown>' : humanDuration(Date.now() - created);
  return {
    metadata: {},
    columnDefinitions: [
      { name: 'Name', type: 'string', format: 'name' },
      { name: 'Age', type: 'string' },
    ],
    rows: [{ cells: [metadata.name, age], object: { metadata } }],
  };
}

/** A list that was refused says what was asked for. */
function ofList(error: unknown, { group, version, resource }: Resource, { labelSelector = '', fieldSelector = '' }: Picking): unknown {
  if (!isStatus(error, 'BadRequest', 'NotFound')) return error;
  const what = JSON.stringify(`${group}/${version}, Resource=${resource}`);
  const about =
    labelSelector === '' && fieldSelector === ''
      ? `Unable to list ${what}`
      : `Unable to find ${what} that match label selector ${JSON.stringify(labelSelector)}, field selector ${JSON.stringify(fieldSelector)}`;
  return reworded(error, (message) => `${about}: ${message}`);
}

export interface WatchQuery extends Picking {
  resourceVersion: string;
  signal: AbortSignal;
  asTable: boolean;
}

/** Opens a watch; its chunks are for `lines`. */
export function openWatch(
  client: Client,
  resource: Resource,
  { namespace, signal, asTable, ...query }: WatchQuery,
): Promise<AsyncIterable<Buffer>> {
  const path = withQuery(pathOf(resource, { namespace }), { ...query, watch: true });
  return client.stream({ method: 'GET', path, headers: { accept: asTable ? tableType : 'application/json' }, signal });
}

export interface Write {
  query?: Record<string, string | number | boolean | undefined>;
  /** Text goes as it is, other values as JSON. */
  body?: unknown;
  contentType?: string;
}

/** A write; resolves with the object, or Status, the server answers with. */
export async function write(
  client: Client,
  method: string,
  path: string,
  { query = {}, body, contentType = 'application/json' }: Write = {},
): Promise<{ object: AnyObject }> {
  const answer = await client.request({
    method,
    path: withQuery(path, query),
    headers: { accept: 'application/json', ...(body !== undefined && { 'content-type': contentType }) },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { object: JSON.parse(answer.body.toString()) as AnyObject };
}
