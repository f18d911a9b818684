/** Query parameters that all writes share. */
import type { Decoded } from '@t8s/codec';
import { badRequest, invalid, notSupported } from '@t8s/meta';
import type { ResourceContext } from '../context.ts';

export interface WriteOptions {
  dryRun: boolean;
}

/** Throws Invalid in upstream's words. */
export function readWriteOptions(
  { query }: Pick<ResourceContext, 'query'>,
  type: 'CreateOptions' | 'UpdateOptions' | 'PatchOptions' | 'DeleteOptions',
): WriteOptions {
  const values = query.getAll('dryRun').filter((v) => v !== '');
  const unknown = values.find((v) => v !== 'All');
  if (unknown !== undefined) throw invalid({ group: 'meta.k8s.io', kind: type }, '', [notSupported('dryRun', unknown, ['All'])]);
  return { dryRun: values.length > 0 };
}

/** Unknown and duplicate fields: an error, warnings or nothing, as `fieldValidation` says (KEP-2885; warnings unless said). */
export function checkFields(
  { query, warnings, resource: { kind } }: ResourceContext,
  { strictErrors }: Pick<Decoded, 'strictErrors'>,
): void {
  const mode = query.get('fieldValidation') || 'Warn';
  if (!['Strict', 'Warn', 'Ignore'].includes(mode))
    throw invalid({ group: 'meta.k8s.io', kind: 'CreateOptions' }, '', [
      notSupported('fieldValidation', mode, ['Ignore', 'Strict', 'Warn']),
    ]);
  if (strictErrors.length === 0 || mode === 'Ignore') return;
  if (mode === 'Strict')
    throw badRequest(
      `${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: strict decoding error: ${strictErrors.join(', ')}`,
    );
  warnings.push(...strictErrors);
}
