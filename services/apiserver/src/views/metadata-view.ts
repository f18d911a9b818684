import type { Kind } from '@t8s/api';
import { type KubeObject, notServed } from '@t8s/meta';
import { bookmarkMeta, frameMemo, joined, objectMemo, shownInEvent, watchLine } from './frames.ts';
import type { View } from './view.ts';

export interface MetadataViewOptions {
  key: string;
  kind: Kind;
  /** Of meta.k8s.io. */
  version: string;
  /** The client asked for a list of metadata: it gets no other shape, and nobody else gets a list. */
  isList: boolean;
}

/** Metadata alone (PartialObjectMetadata of meta.k8s.io): what those read who need not know a kind. */
export function metadataView({ key, kind, version, isList }: MetadataViewOptions): View {
  const bytes = objectMemo((cached) => Buffer.from(partialMetadata(cached.object, version)));
  const goType = `*${kind.group.split('.')[0] || 'core'}.${kind.kind}`;
  return {
    key,
    one(cached) {
      if (isList) throw notServed(`you requested PartialObjectMetadataList, but the requested object is not a list (${goType})`);
      return bytes(cached);
    },
    list(items, meta) {
      if (!isList) throw notServed(`you requested PartialObjectMetadata, but the requested object is a list (${goType}List)`);
      const head = `{"kind":"PartialObjectMetadataList","apiVersion":"meta.k8s.io/${version}","metadata":${JSON.stringify(meta)},"items":[`;
      return joined(head, items.map(bytes), { tail: ']}' });
    },
    frame: frameMemo((event, type) => watchLine(type, partialMetadata(shownInEvent(kind, event, type), version))),
    bookmark: (revision, isInitialEnd) =>
      watchLine('BOOKMARK', partialMetadata({ metadata: bookmarkMeta(revision, isInitialEnd) }, version)),
  };
}

/** The JSON of an object's metadata as an object of its own. */
export const partialMetadata = ({ metadata }: KubeObject, version: string): string =>
  `{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/${version}","metadata":${JSON.stringify(metadata)}}`;
