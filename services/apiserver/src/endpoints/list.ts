import { badRequest, expired, type ListMeta } from '@t8s/meta';
import { type CachedObject, Compacted } from '@t8s/storage';
import type { ResourceContext } from '../context.ts';
import { answerBytes } from '../negotiation/answer.ts';
import { negotiate } from '../negotiation/media-types.ts';
import type { ObjectStore } from '../registry/object-store.ts';
import { viewFor } from '../views/view.ts';
import { decodeContinue, encodeContinue } from './continue-token.ts';
import { readMatch, readRevision } from './resource-version.ts';
import { Selection } from './selection.ts';

interface Result {
  items: CachedObject[];
  revision: number;
  /** Key of the last item of an incomplete page. */
  last?: string;
  remaining?: number;
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

/** Reads what the request's selectors, limit and versions ask for. Throws BadRequest, Expired. */
export async function readPage(context: ResourceContext, objects: ObjectStore): Promise<ListPage> {
  const { resource, info, query } = context;
  const selection = new Selection(resource.kind, query);
  const limit = readLimit(query);
  const prefix = info.namespace === '' ? '' : `${info.namespace}/`;
  const token = query.get('continue') ?? '';
  const { items, revision, last, remaining } =
    token === ''
      ? await firstPage(context, objects, { selection, limit, prefix })
      : await nextPage(context, objects, { selection, limit: limit ?? 0, prefix, token });
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

async function firstPage(
  { resource, query }: ResourceContext,
  objects: ObjectStore,
  { selection, limit, prefix }: { selection: Selection; limit: number | undefined; prefix: string },
): Promise<Result> {
  const revision = readRevision(query);
  const match = readMatch(query, revision);
  const { cache } = objects;
  if (revision === undefined && !(await objects.isCurrent())) {
    const current = await objects.currentRevision();
    return atRevision(resource, objects, { selection, limit: limit ?? 0, prefix, after: prefix, revision: current });
  }
  if (revision !== undefined && revision > 0) await cache.waitFor(revision);
  if (match === 'Exact' && revision !== undefined && revision < cache.revision)
    return atRevision(resource, objects, { selection, limit: limit ?? 0, prefix, after: prefix, revision });
  const found = cache.resource(resource.storage);
  const name = selection.fields.exact('metadata.name');
  const items: CachedObject[] = [];
  let remaining = 0;
  for (const cached of found.range(name !== undefined && prefix !== '' ? prefix + name : prefix)) {
    if (!selection.matches(cached.object)) continue;
    if (limit === undefined || items.length < limit) items.push(cached);
    else remaining += 1;
  }
  return { items, revision: cache.revision, ...(remaining > 0 && { last: items.at(-1)?.key ?? '', remaining }) };
}

async function nextPage(
  { resource, query }: ResourceContext,
  objects: ObjectStore,
  options: { selection: Selection; limit: number; prefix: string; token: string },
): Promise<Result> {
  const { revision: asked } = { revision: readRevision(query) };
  if (asked !== undefined && asked > 0) throw badRequest('specifying resource version is not allowed when using continue');
  const { revision, after } = decodeContinue(options.token);
  if (!after.startsWith(options.prefix)) throw badRequest('continue key is not valid: it belongs to another list');
  return atRevision(resource, objects, { ...options, after, revision });
}

/** The past is the store's: it has every version until compaction. */
async function atRevision(
  resource: ResourceContext['resource'],
  objects: ObjectStore,
  { selection, limit, prefix, after, revision }: { selection: Selection; limit: number; prefix: string; after: string; revision: number },
): Promise<Result> {
  const items: CachedObject[] = [];
  try {
    for (let from = after; ; ) {
      const page = await objects.page(resource, { prefix, after: from, limit: 500, revision });
      for (const cached of page.items) {
        if (!selection.matches(cached.object)) continue;
        if (limit > 0 && items.length === limit) return { items, revision, last: items.at(-1)?.key ?? '' };
        items.push(cached);
      }
      from = page.items.at(-1)?.key ?? from;
      if (!page.more) return { items, revision };
    }
  } catch (error) {
    if (error instanceof Compacted)
      throw expired(
        'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.',
      );
    throw error;
  }
}

function readLimit(query: URLSearchParams): number | undefined {
  const text = query.get('limit');
  if (text === null || text === '' || text === '0') return undefined;
  if (!/^\d{1,15}$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}
