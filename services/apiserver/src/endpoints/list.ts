import { badRequest, expired, expiredContinue, type ListMeta } from '@t8s/meta';
import { type CachedObject, Compacted } from '@t8s/storage';
import type { ResourceContext, ServedResource } from '../context.ts';
import { answerBytes } from '../negotiation/answer.ts';
import { negotiate } from '../negotiation/media-types.ts';
import type { ObjectStore } from '../registry/object-store.ts';
import { viewFor } from '../views/view.ts';
import { encodeContinue } from './continue-token.ts';
import { type ListOptions, readListOptions } from './list-options.ts';
import { Selection } from './selection.ts';

interface Result {
  items: CachedObject[];
  revision: number;
  /** Key of the last item of an incomplete page. */
  last?: string;
  remaining?: number;
}

/** What of the resource is wanted. */
interface Wanted {
  selection: Selection;
  /** 0 is all. */
  limit: number;
  prefix: string;
  /** Items after this key. */
  after: string;
}

/** Answers with a list, or a page of one. */
export async function list(context: ResourceContext, objects: ObjectStore): Promise<void> {
  negotiate(context.request.headers.accept);
  answerPage(context, await readPage(context, objects));
}

/** What a list selects: one page of it where the client wants pages. */
export interface ListPage {
  items: CachedObject[];
  metadata: ListMeta;
}

/** Reads what the request's selectors, limit and versions ask for. Throws Invalid, BadRequest, Expired, Timeout. */
export async function readPage({ resource, info, query }: ResourceContext, objects: ObjectStore): Promise<ListPage> {
  const { limit, from } = readListOptions(query);
  const selection = new Selection(resource.kind, query);
  const prefix = info.namespace === '' ? '' : `${info.namespace}/`;
  const after = from.state === 'page' ? from.page.after : prefix;
  if (!after.startsWith(prefix)) throw badRequest('continue key is not valid: it belongs to another list');
  const { items, revision, last, remaining } = await read(resource, objects, { from, wanted: { selection, limit, prefix, after } });
  const metadata: ListMeta = {
    resourceVersion: String(revision),
    ...(last !== undefined && { continue: encodeContinue({ revision, after: last }) }),
    ...(last !== undefined && remaining !== undefined && selection.everything && { remainingItemCount: remaining }),
  };
  return { items, metadata };
}

/** Answers with a page in the shape the client accepts. */
export function answerPage(context: ResourceContext, { items, metadata }: ListPage): void {
  const { format } = negotiate(context.request.headers.accept);
  answerBytes(context, 200, viewFor(context).list(items, metadata), format);
}

/** Memory shows one state, the store every other that it still has. */
async function read(
  resource: ServedResource,
  objects: ObjectStore,
  { from, wanted }: Pick<ListOptions, 'from'> & { wanted: Wanted },
): Promise<Result> {
  const { cache } = objects;
  if (from.state === 'latest' || (from.state === 'page' && from.page.revision === undefined)) {
    if (await objects.isCurrent()) return fromMemory(resource, objects, wanted);
    return fromStore(resource, objects, { ...wanted, revision: await objects.currentRevision() });
  }
  const isPage = from.state === 'page';
  const revision = from.state === 'any' ? from.atLeast : isPage ? (from.page.revision ?? 0) : from.revision;
  if (revision > 0) await cache.waitFor(revision);
  // Conversions take time, in which a cache of converted objects may come further.
  if (from.state === 'any') return fromMemory(resource, objects, wanted);
  if (!resource.form && revision <= cache.revision && cache.resource(resource.storage).changed <= revision)
    return { ...(await fromMemory(resource, objects, wanted)), revision };
  try {
    return await fromStore(resource, objects, { ...wanted, revision });
  } catch (error) {
    if (!(error instanceof Compacted)) throw error;
    if (!isPage) throw expired('The resourceVersion for the provided list is too old.');
    throw expiredContinue(encodeContinue({ revision: undefined, after: wanted.after }));
  }
}

async function fromMemory(
  { storage, form }: ServedResource,
  { cache }: ObjectStore,
  { selection, limit, prefix, after }: Wanted,
): Promise<Result> {
  const shown = await form?.cache();
  const found = shown?.cache ?? cache.resource(storage);
  const name = selection.fields.exact('metadata.name');
  const range = name !== undefined && prefix !== '' ? prefix + name : prefix;
  const items: CachedObject[] = [];
  const revision = shown?.revision() ?? cache.revision;
  for (const cached of found.range(range, after)) {
    if (!selection.matches(cached.object)) continue;
    const last = items.at(-1)?.key;
    if (limit > 0 && items.length === limit && last !== undefined) return { items, revision, last, remaining: found.count(range, last) };
    items.push(cached);
  }
  return { items, revision };
}

/** Keys read at once. */
const pageSize = 500;

/** Throws Compacted for a past that is gone. */
async function fromStore(resource: ServedResource, objects: ObjectStore, wanted: Wanted & { revision: number }): Promise<Result> {
  const { selection, limit, prefix, after, revision } = wanted;
  const size = selection.everything && limit > 0 ? Math.min(limit, pageSize) : pageSize;
  const items: CachedObject[] = [];
  for (let from = after; ; ) {
    const page = await objects.page(resource, { prefix, after: from, limit: size, revision });
    for (const [i, cached] of page.items.entries()) {
      if (!selection.matches(cached.object)) continue;
      if (limit > 0 && items.length === limit) return { items, revision, last: items.at(-1)?.key ?? '', remaining: page.count - i };
      items.push(cached);
    }
    from = page.items.at(-1)?.key ?? from;
    const remaining = page.count - page.items.length;
    if (remaining === 0) return { items, revision };
    if (selection.everything && items.length === limit) return { items, revision, last: from, remaining };
  }
}
