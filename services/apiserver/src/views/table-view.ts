import { ageColumn, type Column, type Kind, nameColumn } from '@t8s/api';
import type { KubeObject } from '@t8s/meta';
import type { CachedObject, CacheEvent, WatchType } from '@t8s/storage';
import { bookmarkMeta, joined, objectMemo, shown, shownInEvent, watchLine } from './frames.ts';
import { partialMetadata } from './metadata-view.ts';
import type { IncludeObject, View } from './view.ts';

/** The columns of kinds that define none. */
const defaultColumns: readonly Column<KubeObject>[] = [nameColumn, ageColumn];

export interface TableViewOptions {
  key: string;
  kind: Kind;
  /** Of meta.k8s.io. */
  version: string;
  include: IncludeObject;
  now(): number;
}

/** Rows of a kind's columns (Table of meta.k8s.io). Ages make rows perish: they are shared by all who ask in the same second. */
export function tableView({ key, kind, version, include, now }: TableViewOptions): View {
  const columns = kind.columns ?? defaultColumns;
  const definitions = JSON.stringify(columns.map(definition));
  const type = `"kind":"Table","apiVersion":"meta.k8s.io/${version}"`;
  const objectJson = (object: KubeObject): string => (include === 'Object' ? JSON.stringify(object) : partialMetadata(object, version));
  const cachedJson = objectMemo((cached) => objectJson(shown(kind, cached.object)));
  const rows = objectMemo(() => ({ second: 0, bytes: Buffer.alloc(0) }));
  const frames = new WeakMap<CacheEvent, Map<string, Buffer>>();

  return {
    key,
    one: (cached) => table([row(cached)], { resourceVersion: cached.object.metadata.resourceVersion }),
    list: (items, meta) => table(items.map(row), meta),
    frame(event, watchType, first) {
      const byName = frames.get(event) ?? new Map<string, Buffer>();
      frames.set(event, byName);
      const name = `${watchType} ${first ? 'first' : ''}`;
      const frame = byName.get(name) ?? watchLine(watchType, eventTable(event, watchType, first));
      byName.set(name, frame);
      return frame;
    },
    bookmark: (revision, isInitialEnd) =>
      watchLine(
        'BOOKMARK',
        `{${type},"metadata":${JSON.stringify(bookmarkMeta(revision, isInitialEnd))},"columnDefinitions":[],"rows":[]}`,
      ),
  };

  function table(parts: readonly Buffer[], meta: object): Buffer {
    return joined(`{${type},"metadata":${JSON.stringify(meta)},"columnDefinitions":${definitions},"rows":[`, parts, { tail: ']}' });
  }

  function eventTable(event: CacheEvent, watchType: WatchType, first: boolean): string {
    const object = shownInEvent(kind, event, watchType);
    const meta = JSON.stringify({ resourceVersion: object.metadata.resourceVersion });
    const json = include === 'None' ? undefined : objectJson(object);
    return `{${type},"metadata":${meta},"columnDefinitions":${first ? definitions : '[]'},"rows":[${rowJson(object, json, now())}]}`;
  }

  function row(cached: CachedObject): Buffer {
    const known = rows(cached);
    const second = Math.floor(now() / 1000);
    if (known.second !== second) {
      known.second = second;
      known.bytes = Buffer.from(rowJson(shown(kind, cached.object), include === 'None' ? undefined : cachedJson(cached), second * 1000));
    }
    return known.bytes;
  }

  function rowJson(object: KubeObject, json: string | undefined, at: number): string {
    const cells = JSON.stringify(columns.map((column) => column.cell(object, at)));
    return json === undefined ? `{"cells":${cells}}` : `{"cells":${cells},"object":${json}}`;
  }
}

const definition = ({ name, type, format = '', description, priority = 0 }: Column<KubeObject>): object => ({
  name,
  type,
  format,
  description,
  priority,
});
