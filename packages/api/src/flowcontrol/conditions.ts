/** Conditions of schemas and levels. */
import { duplicate, type FieldError, required } from '@t8s/meta';

export function validateConditions({ status }: { status?: { conditions?: { type?: string }[] } }): FieldError[] {
  const types = (status?.conditions ?? []).map(({ type = '' }) => type);
  return types.flatMap((type, i) => {
    const path = `status.conditions[${i}].type`;
    return [...(types.indexOf(type) < i ? [duplicate(path, type)] : []), ...(type === '' ? [required(path, 'must not be empty')] : [])];
  });
}
