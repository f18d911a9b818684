/** How objects of a kind are shown: as they are, as rows of a table, as metadata alone. Bytes are made once and shared. */
import type { Kind } from '@t8s/api';
import { badRequest, formatApiVersion, type ListMeta } from '@t8s/meta';
import type { CachedObject, CacheEvent, WatchType } from '@t8s/storage';
import type { ResourceContext } from '../context.ts';
import { negotiate, negotiateStream, type Shape } from '../negotiation/media-types.ts';
import { metadataView } from './metadata-view.ts';
import { plainView } from './plain-view.ts';
import { tableView } from './table-view.ts';

export interface View {
  /** Views with the same key write the same bytes: their watchers share them. */
  key: string;
  /** One object, as a get or a write answers it. */
  one(cached: CachedObject): Buffer;
  list(items: readonly CachedObject[], metadata: ListMeta): Buffer;
  /** The line of a watch. `first` where it begins the answer: tables name their columns once. */
  frame(event: CacheEvent, type: WatchType, first: boolean): Buffer;
  /** The line that says how far the watch has come; `isInitialEnd` ends the objects there were at its start (KEP-3157). */
  bookmark(revision: number, isInitialEnd: boolean): Buffer;
}

/** How much of each object goes with its row: `includeObject`. */
export type IncludeObject = 'None' | 'Metadata' | 'Object';

/** By kind itself: a custom one may come back under its name as another. */
const views = new WeakMap<Kind, Map<string, View>>();
let made = 0;

/** The view that a request asks for. Throws NotAcceptable, BadRequest. */
export function viewFor({ request, query, info, resource: { kind, form } }: ResourceContext): View {
  const { shape, version } = (info.verb === 'watch' ? negotiateStream : negotiate)(request.headers.accept);
  const include = (query.get('includeObject') || 'Metadata') as IncludeObject;
  if (shape === 'Table' && !['None', 'Metadata', 'Object'].includes(include))
    throw badRequest(
      `Unable to convert to Table as requested: includeObject: Invalid value: ${JSON.stringify(include)}: must be 'Metadata', 'Object', 'None', or empty`,
    );
  const ofKind = views.get(kind) ?? new Map<string, View>();
  views.set(kind, ofKind);
  const which = [shape, version, shape === 'Table' ? include : ''].join(' ');
  const known = ofKind.get(which);
  if (known) return known;
  made += 1;
  const view = make({ key: `${formatApiVersion(kind)} ${kind.kind} ${made}`, kind, isCustom: form !== undefined, version, shape, include });
  ofKind.set(which, view);
  return view;
}

interface Made {
  key: string;
  kind: Kind;
  isCustom: boolean;
  shape: Shape;
  version: string;
  include: IncludeObject;
}

function make({ shape, ...options }: Made): View {
  if (shape === 'Table') return tableView({ ...options, now: Date.now });
  return shape === 'object' ? plainView(options) : metadataView({ ...options, isList: shape === 'PartialObjectMetadataList' });
}
