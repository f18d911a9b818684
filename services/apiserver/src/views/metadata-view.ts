import type { Kind } from '@t8s/api';
import type { KubeObject } from '@t8s/meta';
import { bookmarkMeta, frameMemo, joined, objectMemo, shownInEvent, watchLine } from './frames.ts';
import type { View } from './view.ts';

/** Metadata alone (PartialObjectMetadata of meta.k8s.io): what those read who need not know a kind. */
export function metadataView(key: string, kind: Kind): View {
  const one = objectMemo((cached) => Buffer.from(partialMetadata(cached.object)));
  return {
    key,
    one,
    list: (items, meta) =>
      joined(
        `{"kind":"PartialObjectMetadataList","apiVersion":"meta.k8s.io/v1","metadata":${JSON.stringify(meta)},"items":[`,
        items.map(one),
        { tail: ']}' },
      ),
    frame: frameMemo((event, type) => watchLine(type, partialMetadata(shownInEvent(kind, event, type)))),
    bookmark: (revision, isInitialEnd) => watchLine('BOOKMARK', partialMetadata({ metadata: bookmarkMeta(revision, isInitialEnd) })),
  };
}

/** The JSON of an object's metadata as an object of its own. */
export const partialMetadata = ({ metadata }: KubeObject): string =>
  `{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":${JSON.stringify(metadata)}}`;
