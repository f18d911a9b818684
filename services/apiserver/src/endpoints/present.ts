/** An object in the shape its client asked for. */
import type { KubeObject } from '@t8s/meta';
import type { CachedObject } from '@t8s/storage';
import type { ResourceContext } from '../context.ts';
import { answerBytes } from '../negotiation/answer.ts';
import { negotiate } from '../negotiation/media-types.ts';
import { viewFor } from '../views/view.ts';

/** Answers with the object; its bytes are written already unless the group-version is another's alias. */
export function answerCached(context: ResourceContext, code: number, cached: CachedObject): void {
  const { format } = negotiate(context.request.headers.accept);
  answerBytes(context, code, viewFor(context).one(cached), format);
}

/** For objects that are in no store: dry runs. */
export function answerUnstored(context: ResourceContext, code: number, object: KubeObject): void {
  answerCached(context, code, { key: '', object, bytes: Buffer.from(JSON.stringify(object)), revision: 0 });
}
