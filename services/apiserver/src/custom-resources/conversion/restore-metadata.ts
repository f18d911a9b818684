import { isDeepStrictEqual } from 'node:util';
import { validateObjectMeta } from '@t8s/api';
import { fieldErrorMessage, type KubeObject, type ObjectMeta } from '@t8s/meta';

/**
 * Puts back the metadata of the original but for labels and annotations, which a conversion may change. Returns what is wrong with those.
 */
export function restoreMetadata(original: KubeObject, converted: KubeObject): string | undefined {
  const got: unknown = converted.metadata;
  if (got === undefined) return 'missing metadata in converted object';
  if (!isMap(got)) return `invalid metadata of type ${goType(got)} in converted object`;
  const metadata = { ...original.metadata };
  for (const field of ['labels', 'annotations'] as const) {
    const value = got[field];
    if (value === undefined || value === null) {
      delete metadata[field];
      continue;
    }
    if (!isMap(value)) return `invalid metadata.${field} of type ${goType(value)} in converted object`;
    const wrong = Object.entries(value).find(([, text]) => typeof text !== 'string');
    if (wrong) return `metadata.${field}[${wrong[0]}] must be a string, but is ${goType(wrong[1])} in converted object`;
    const problem = isDeepStrictEqual(value, original.metadata[field]) ? undefined : invalid({ [field]: value } as ObjectMeta);
    if (problem !== undefined) return problem;
    metadata[field] = value as Record<string, string>;
  }
  converted.metadata = metadata;
  return undefined;
}

function invalid(metadata: ObjectMeta): string | undefined {
  const errors = validateObjectMeta({ name: 'n', ...metadata }, { namespaced: false });
  return errors.length === 0 ? undefined : errors.map(fieldErrorMessage).join(', ');
}

const isMap = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What Go calls a value of JSON. */
function goType(value: unknown): string {
  if (value === null) return '<nil>';
  if (Array.isArray(value)) return '[]interface {}';
  const names: Record<string, string> = { string: 'string', boolean: 'bool', number: Number.isInteger(value) ? 'int64' : 'float64' };
  return names[typeof value] ?? 'map[string]interface {}';
}
