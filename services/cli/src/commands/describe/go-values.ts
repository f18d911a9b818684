/** Values as Go's `%v` writes them. */

export const goList = (values: readonly unknown[] = []): string => `[${values.map(String).join(' ')}]`;

export const goMap = (map: Readonly<Record<string, unknown>> = {}): string =>
  `map[${Object.keys(map)
    .sort()
    .map((key) => `${key}:${map[key]}`)
    .join(' ')}]`;

/** A pointer to a message of the API: `&LocalObjectReference{Name:pull,}`. */
export const goReference = (type: string, value: object | undefined): string =>
  value === undefined
    ? 'nil'
    : `&${type}{${Object.entries(value)
        .map(([key, field]) => `${key.charAt(0).toUpperCase()}${key.slice(1)}:${field},`)
        .join('')}}`;

/** Any JSON value. */
export function goText(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return goList(value.map(goText));
  if (typeof value !== 'object') return String(value);
  return goMap(Object.fromEntries(Object.entries(value).map(([key, one]) => [key, goText(one)])));
}
