/** Kinds whose objects are questions: created, answered in the same request, and stored nowhere. */
import { decodeObject } from '@t8s/codec';
import { invalid, type KubeObject } from '@t8s/meta';
import { reviewRequest, subresourceRequest } from '../admission/request.ts';
import type { ResourceContext } from '../context.ts';
import { readBody } from '../endpoints/body.ts';
import { placeIn } from '../endpoints/create.ts';
import type { Subresource } from '../endpoints/dispatch.ts';
import { checkFields, readWriteOptions } from '../endpoints/write-options.ts';
import { answerObject } from '../negotiation/answer.ts';
import { bodyFormat, negotiateRowless } from '../negotiation/media-types.ts';

/** Reads and checks the question; `answer` gives it back with its status filled in. */
export function review<T extends KubeObject>(answer: (asked: T, context: ResourceContext) => T | Promise<T>): Subresource {
  return async (context, { plugins }) => {
    const { request, resource, info } = context;
    const { kind } = resource;
    const { dryRun, fieldValidation } = readWriteOptions(context, 'CreateOptions');
    const { format } = negotiateRowless(request.headers.accept);
    const decoded = decodeObject({
      bytes: await readBody(request),
      format: bodyFormat(request.headers['content-type']),
      expected: kind,
    });
    checkFields(decoded, { warnings: context.warnings, kind, fieldValidation });
    const asked = decoded.object as unknown as T;
    asked.metadata ??= {};
    placeIn(asked, info.namespace, kind.namespaced);
    const errors = kind.strategy.validate?.(asked) ?? [];
    // Upstream has forgotten the kind's name when it comes to this.
    if (errors.length > 0) throw invalid({ group: kind.group, kind: '' }, '', errors);
    const admitted = await reviewRequest(subresourceRequest(context, { operation: 'CREATE', kind, object: asked, dryRun }), plugins);
    answerObject(context, 201, await answer((admitted ?? asked) as T, context), format);
  };
}
