/** JSON as Go writes it: keys sorted, four spaces, HTML characters escaped. */
export function formatJson(value: unknown): string {
  return formatJsonAsIs(sortedKeys(value));
}

/** The same with the keys in the order they have. */
export function formatJsonAsIs(value: unknown, indent = 4): string {
  return `${escaped(JSON.stringify(value, null, indent))}\n`;
}

/** Sorted and on one line, as annotations hold it. */
export const compactJson = (value: unknown): string => escaped(JSON.stringify(sortedKeys(value)));

const escaped = (text: string): string =>
  text.replaceAll(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);

export function sortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, sortedKeys(item)]));
}

/** `%#v` of decoded JSON: what kubectl shows where a template fails. */
export function goSyntax(value: unknown): string {
  if (value === null || value === undefined) return 'interface {}(nil)';
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  if (typeof value !== 'object') return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  const texts = entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => `${JSON.stringify(key)}:${goSyntax(item)}`);
  return `map[string]interface {}{${texts.join(', ')}}`;
}
