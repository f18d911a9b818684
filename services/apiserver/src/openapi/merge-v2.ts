/** OpenAPI 2.0 documents of extension servers in our own (kube-openapi's aggregator). */
import { isDeepStrictEqual } from 'node:util';
import type { RemoteOffer } from '../aggregation/remote-catalog.ts';

type Json = Record<string, unknown>;

export interface OpenApiV2 extends Json {
  paths: Json;
  definitions: Json;
}

const refPrefix = '#/definitions/';

/** The document with the paths of a group-version, and what they lead to; a definition that is another's name gets one of its own. */
export function withRemote<T extends OpenApiV2>(document: T, { group, version, openApiV2 }: RemoteOffer): T {
  if (!openApiV2) return document;
  const root = `/apis/${group}/${version}/`;
  const paths = Object.entries((openApiV2['paths'] as Json | undefined) ?? {}).filter(
    ([path]) => path === root.slice(0, -1) || path.startsWith(root),
  );
  const theirs = (openApiV2['definitions'] as Json | undefined) ?? {};
  const names = new Map<string, string>();
  const used = reachable(Object.fromEntries(paths), theirs);
  for (const name of used) names.set(name, freeName(name, theirs[name], document.definitions));
  const renamed = (value: unknown): unknown => withNames(value, names);
  return {
    ...document,
    paths: { ...document.paths, ...(renamed(Object.fromEntries(paths)) as Json) },
    definitions: { ...document.definitions, ...Object.fromEntries(used.map((name) => [names.get(name) ?? name, renamed(theirs[name])])) },
  };
}

function freeName(name: string, definition: unknown, taken: Json): string {
  const isFree = (candidate: string): boolean =>
    !Object.hasOwn(taken, candidate) || isDeepStrictEqual(shape(taken[candidate]), shape(definition));
  if (isFree(name)) return name;
  let n = 2;
  while (!isFree(`${name}_v${n}`)) n++;
  return `${name}_v${n}`;
}

/** What two definitions of one type may differ in: of which kinds it is part. */
function shape(definition: unknown): unknown {
  if (typeof definition !== 'object' || definition === null) return definition;
  const { 'x-kubernetes-group-version-kind': _, ...rest } = definition as Json;
  return rest;
}

/** The names of all definitions that a part of a document leads to. */
function reachable(part: Json, definitions: Json): string[] {
  const found = new Set<string>();
  const queue: unknown[] = [part];
  for (let next = queue.pop(); next !== undefined; next = queue.pop())
    for (const name of references(next)) {
      if (found.has(name) || !Object.hasOwn(definitions, name)) continue;
      found.add(name);
      queue.push(definitions[name]);
    }
  return [...found];
}

function references(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '$ref' && typeof inner === 'string' && inner.startsWith(refPrefix) ? [inner.slice(refPrefix.length)] : references(inner),
  );
}

function withNames(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((item) => withNames(item, names));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const name = key === '$ref' && typeof inner === 'string' ? names.get(inner.slice(refPrefix.length)) : undefined;
      return [key, name === undefined ? withNames(inner, names) : `${refPrefix}${name}`];
    }),
  );
}
