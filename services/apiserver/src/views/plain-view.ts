import type { Kind } from '@t8s/api';
import { formatApiVersion } from '@t8s/meta';
import { type CachedObject, watchFrame } from '@t8s/storage';
import { bookmarkMeta, frameMemo, joined, objectMemo, shown, shownInEvent, watchLine } from './frames.ts';
import type { View } from './view.ts';

export interface PlainViewOptions {
  key: string;
  kind: Kind;
  isCustom: boolean;
}

/** Objects as they are stored. Items of lists leave out kind and apiVersion unless they are custom, as upstream's do. */
export function plainView({ key, kind, isCustom }: PlainViewOptions): View {
  const apiVersion = formatApiVersion(kind);
  const prefix = Buffer.from(`{"kind":"${kind.kind}","apiVersion":"${apiVersion}",`);
  const whole = kind.alias
    ? objectMemo((cached) => Buffer.from(JSON.stringify(ordered(shown(kind, cached.object)))))
    : (cached: CachedObject) => cached.bytes;
  return {
    key,
    one: whole,
    list(items, meta) {
      const head = `{"kind":"${kind.listKind ?? `${kind.kind}List`}","apiVersion":"${apiVersion}","metadata":${JSON.stringify(meta)},"items":[`;
      if (items.length === 0 || isCustom) return joined(head, items.map(whole), { tail: ']}' });
      return joined(`${head}{`, items.map(item), { separator: ',{', tail: ']}' });
    },
    frame: kind.alias ? frameMemo((event, type) => watchLine(type, JSON.stringify(shownInEvent(kind, event, type)))) : watchFrame,
    bookmark: (revision, isInitialEnd) =>
      watchLine('BOOKMARK', JSON.stringify({ kind: kind.kind, apiVersion, metadata: bookmarkMeta(revision, isInitialEnd) })),
  };

  /** The object after its brace and its type: no copy where the bytes are ours. */
  function item(cached: CachedObject): Buffer {
    const bytes = whole(cached);
    if (bytes.compare(prefix, 0, prefix.length, 0, prefix.length) === 0) return bytes.subarray(prefix.length);
    const { kind: _kind, apiVersion: _apiVersion, ...rest } = shown(kind, cached.object);
    return Buffer.from(JSON.stringify(rest).slice(1));
  }
}

const ordered = <T extends { kind?: string; apiVersion?: string }>({ kind, apiVersion, ...rest }: T): object => ({
  kind,
  apiVersion,
  ...rest,
});
