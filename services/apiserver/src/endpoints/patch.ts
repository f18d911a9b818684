import type { KubeObject } from '@t8s/meta';
import type { ResourceContext } from '../context.ts';
import { mediaType, negotiate } from '../negotiation/media-types.ts';
import { objectRules } from '../write-chain.ts';
import { apply, applyType } from './apply.ts';
import { readBody } from './body.ts';
import { placeIn } from './create.ts';
import { answerCached } from './present.ts';
import { checkPatchType, readPatch } from './read-patch.ts';
import type { Services } from './services.ts';
import { checkName, writeUpdate } from './update.ts';
import { readWriteOptions } from './write-options.ts';

/** Changes an object by a patch, or applies a configuration; `rules` says what may change. */
export async function patch(context: ResourceContext, services: Services, rules = objectRules(context.resource.kind)): Promise<void> {
  const { request, info, warnings } = context;
  const { kind } = context.resource;
  const contentType = request.headers['content-type'];
  if (mediaType(contentType) === applyType) return apply(context, services, rules);
  checkPatchType(contentType, context.resource);
  negotiate(request.headers.accept);
  const bytes = await readBody(request);
  const options = readWriteOptions(context, 'PatchOptions');
  const patchTo = readPatch({ contentType, bytes, target: kind, fieldValidation: options.fieldValidation, serves: services.served.serves });
  const change = (current: KubeObject): KubeObject => {
    const patched = patchTo(current as unknown as Record<string, unknown>);
    warnings.push(...patched.warnings);
    const next = patched.object as unknown as KubeObject;
    placeIn(next, info.namespace, kind.namespaced);
    checkName(next, info.name);
    return next;
  };
  answerCached(context, 200, await writeUpdate({ context, services, ...options, rules, change }));
}
