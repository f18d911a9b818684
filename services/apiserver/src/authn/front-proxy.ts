/** Who a front proxy says it asks for (upstream's request-header authentication). */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { User } from '../context.ts';

export interface FrontProxyHeaders {
  /** Lower case; the first that is there counts (--requestheader-username-headers and so on). */
  user: readonly string[];
  uid: readonly string[];
  group: readonly string[];
  extraPrefixes: readonly string[];
}

/** Undefined where the proxy names nobody. The headers are taken off: nobody behind us shall believe them. */
export function proxiedUser(request: IncomingMessage, names: FrontProxyHeaders): User | undefined {
  const values = request.headersDistinct;
  const first = (from: readonly string[]): string => from.map((name) => values[name]?.[0] ?? '').find((value) => value !== '') ?? '';
  const name = first(names.user);
  const uid = first(names.uid);
  const groups = names.group.flatMap((header) => values[header] ?? []);
  const extra = extraValues(values, names.extraPrefixes);
  for (const header of Object.keys(request.headers)) if (isOurs(header, names)) delete request.headers[header];
  if (name === '') return undefined;
  return { name, groups, ...(uid !== '' && { uid }), ...(Object.keys(extra).length > 0 && { extra }) };
}

const isOurs = (header: string, { user, uid, group, extraPrefixes }: FrontProxyHeaders): boolean =>
  [...user, ...uid, ...group].includes(header) || extraPrefixes.some((prefix) => header.startsWith(prefix));

/** `x-remote-extra-acme.com%2Fproject: a` → `acme.com/project: [a]`. What is no percent-encoding stands for itself. */
export function extraValues(headers: NodeJS.Dict<string[]> | IncomingHttpHeaders, prefixes: readonly string[]): Record<string, string[]> {
  const extra = new Map<string, string[]>();
  for (const [header, values = []] of Object.entries(headers))
    for (const prefix of prefixes) {
      if (!header.startsWith(prefix) || header === prefix) continue;
      const key = unescaped(header.slice(prefix.length));
      extra.set(key, [...(extra.get(key) ?? []), ...[values].flat()]);
    }
  return Object.fromEntries(extra);
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}
