/** Paths in dot notation, `.spec.replicas`, as scale sub-resources and field selectors have them. */

type Json = Record<string, unknown>;

/** The names along a path. */
export const stepsOf = (path: string): string[] => path.replace(/^\./, '').split('.');

/** What a path leads to, or undefined. */
export function valueAt(object: object, steps: readonly string[]): unknown {
  let value: unknown = object;
  for (const step of steps) {
    if (!isObject(value) || !Object.hasOwn(value, step)) return undefined;
    value = value[step];
  }
  return value;
}

/** Puts a value where a path leads to, on the way making the objects that are missing. */
export function putAt(object: object, steps: readonly string[], value: unknown): void {
  let target = object as Json;
  for (const step of steps.slice(0, -1)) {
    const inner = Object.hasOwn(target, step) ? target[step] : undefined;
    const next = isObject(inner) ? inner : {};
    target[step] = next;
    target = next;
  }
  target[steps.at(-1) ?? ''] = value;
}

/** What keeps a path from leading to a value of this kind, in the words of apimachinery's unstructured accessors. */
export function accessError(object: object, steps: readonly string[], wanted: 'int64' | 'string'): string | undefined {
  let value: unknown = object;
  for (const [i, step] of steps.entries()) {
    if (!isObject(value)) return wrongType(steps.slice(0, i + 1), value, 'map[string]interface {}');
    if (!Object.hasOwn(value, step)) return undefined;
    value = value[step];
  }
  const fits = wanted === 'string' ? typeof value === 'string' : Number.isInteger(value);
  return fits ? undefined : wrongType(steps, value, wanted);
}

const wrongType = (steps: readonly string[], value: unknown, wanted: string): string =>
  `.${steps.join('.')} accessor error: ${goText(value)} is of the type ${goType(value)}, expected ${wanted}`;

const goText = (value: unknown): string => (value === null ? '<nil>' : typeof value === 'object' ? JSON.stringify(value) : String(value));

function goType(value: unknown): string {
  if (value === null) return '<nil>';
  if (Array.isArray(value)) return '[]interface {}';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  return typeof value === 'boolean' ? 'bool' : typeof value === 'string' ? 'string' : 'map[string]interface {}';
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
