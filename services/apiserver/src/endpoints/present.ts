/** An object in the shape its client asked for. */
import type { KubeObject } from '@t8s/meta';
import type { CachedObject } from '@t8s/storage';
import type { ResourceContext } from '../context.ts';
import { answerBytes, answerObject } from '../negotiation/answer.ts';
import { negotiate } from '../negotiation/media-types.ts';
import { includeObject, partialMetadata, table } from './table.ts';

/** Answers with the object; its bytes are written already unless the group-version is another's alias. */
export function answerCached(
  context: ResourceContext,
  code: number,
  { object, bytes, revision }: Pick<CachedObject, 'object' | 'bytes' | 'revision'>,
): void {
  const { kind } = context.resource;
  const { format, shape } = negotiate(context.request.headers.accept);
  const shown = kind.alias ? kind.alias.fromStorage(object) : object;
  if (shape === 'Table')
    answerObject(context, code, table(kind, [shown], { resourceVersion: String(revision) }, includeObject(context.query)), format);
  else if (shape === 'PartialObjectMetadata') answerObject(context, code, partialMetadata(shown), format);
  else if (kind.alias) answerObject(context, code, shown, format);
  else answerBytes(context, code, bytes, format);
}

/** For objects that are in no store: dry runs, sub-resources. */
export function answerUnstored(context: ResourceContext, code: number, object: KubeObject): void {
  answerCached(context, code, {
    object,
    bytes: Buffer.from(JSON.stringify(object)),
    revision: Number(object.metadata.resourceVersion ?? 0),
  });
}
