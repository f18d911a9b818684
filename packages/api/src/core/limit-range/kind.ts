import { createdColumn, nameColumn } from '../../columns.ts';
import type { LimitRange } from '../../generated/types.ts';
import { defineKind } from '../../kind.ts';
import { validateLimitRange } from './validate.ts';

export const limitRangeKind = defineKind<LimitRange>({
  group: '',
  version: 'v1',
  kind: 'LimitRange',
  resource: 'limitranges',
  singular: 'limitrange',
  shortNames: ['limits'],
  namespaced: true,
  schema: 'LimitRange',
  lists: { 'LimitRangeSpec.limits': { listType: 'atomic' } },
  columns: [nameColumn, createdColumn],
  strategy: { createOnUpdate: true, defaults: defaultLimitRange, validate: validateLimitRange },
});

/** What containers get follows from what they may have at most, and what they ask for from what they get, or must have. */
function defaultLimitRange({ spec: { limits = [] } }: LimitRange): void {
  for (const limit of limits) {
    if (limit.type !== 'Container') continue;
    const limited = { ...limit.max, ...limit.default };
    const requested = { ...limit.min, ...limited, ...limit.defaultRequest };
    if (Object.keys(limited).length > 0) limit.default = limited;
    if (Object.keys(requested).length > 0) limit.defaultRequest = requested;
  }
}
