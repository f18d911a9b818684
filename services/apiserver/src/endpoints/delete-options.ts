import { decodeObject } from '@t8s/codec';
import { badRequest, type FieldError, invalid, invalidValue, notSupportedInOrder } from '@t8s/meta';
import type { ResourceContext } from '../context.ts';
import { bodyFormat } from '../negotiation/media-types.ts';
import { isTrue, readInteger } from '../query.ts';
import { readBody } from './body.ts';
import { checkDryRun, readWriteOptions } from './write-options.ts';

export interface DeleteOptions {
  gracePeriodSeconds?: number;
  propagationPolicy?: string;
  /** The older way to say Orphan or Background. */
  orphanDependents?: boolean;
  preconditions?: { uid?: string; resourceVersion?: string };
  dryRun?: string[];
}

const policies = ['Foreground', 'Background', 'Orphan'];
/** Clients say it of their object's group, or of none. */
const expected = { group: '', version: 'v1', kind: 'DeleteOptions', schema: 'DeleteOptions', anyVersion: true };

/** Options come in the body; only where there is none, in the query. A dry run is one wherever it is asked for. Throws Invalid, BadRequest. */
export async function readDeleteOptions(context: ResourceContext): Promise<DeleteOptions> {
  const { dryRun } = readWriteOptions(context, 'DeleteOptions');
  const bytes = await readBody(context.request);
  const options = bytes.length > 0 ? fromBody(context, bytes) : fromQuery(context.query);
  const errors = validate(options);
  if (errors.length > 0) throw invalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', errors);
  return { ...options, ...(dryRun && { dryRun: ['All'] }) };
}

function fromBody({ request }: ResourceContext, bytes: Buffer): DeleteOptions {
  return decodeObject({ bytes, format: bodyFormat(request.headers['content-type']), expected }).object as DeleteOptions;
}

function fromQuery(query: URLSearchParams): DeleteOptions {
  const gracePeriodSeconds = query.get('gracePeriodSeconds') === '' ? undefined : readInteger(query, 'gracePeriodSeconds');
  const propagationPolicy = query.get('propagationPolicy');
  const uid = query.get('uid');
  return {
    ...(gracePeriodSeconds !== undefined && { gracePeriodSeconds }),
    ...(propagationPolicy && { propagationPolicy }),
    ...(query.has('orphanDependents') && { orphanDependents: isTrue(query.get('orphanDependents')) }),
    ...(uid && { preconditions: { uid } }),
  };
}

function validate({ propagationPolicy: policy, orphanDependents, dryRun = [] }: DeleteOptions): FieldError[] {
  if (!Array.isArray(dryRun)) throw badRequest('dryRun is no list');
  return [
    ...(policy !== undefined && orphanDependents !== undefined
      ? [invalidValue('propagationPolicy', policy, 'orphanDependents and deletionPropagation cannot be both set')]
      : []),
    ...(policy !== undefined && !policies.includes(policy) ? [notSupportedInOrder('propagationPolicy', policy, [...policies, 'nil'])] : []),
    ...checkDryRun(dryRun),
  ];
}
