/** The paths of a group-version: every resource and sub-resource, with the operations that discovery names for them. */
import { allVerbs, type Kind, type Verb } from '@t8s/api';
import type { GroupVersion } from '@t8s/meta';
import { isCustom, listType } from './custom-schemas.ts';
import { typeOfKind } from './definition-names.ts';
import { type Action, actions, capitalised, groupVersionWords, operation } from './operations.ts';
import { pathParameters } from './parameters.ts';
import type { Dialect } from './schemas.ts';

type Json = Record<string, unknown>;

/** `kinds` are those of one group-version. */
export function paths(kinds: readonly Kind[], dialect: Dialect): Json {
  const result: Record<string, Json> = {};
  const add = (path: string, method: string, made: Json): void => {
    result[path] = { ...(result[path] ?? { parameters: pathParameters(path, dialect) }), [method]: made };
  };
  for (const kind of kinds) {
    addMain(kind, dialect, add);
    addWatches(kind, dialect, add);
    for (const sub of subresourcesOf(kind)) addSubresource(kind, sub, dialect, add);
  }
  return result;
}

/** The types that the operations on these built-in kinds name. */
export function pathTypes(own: readonly Kind[]): string[] {
  const subs = own.flatMap((kind) => subresourcesOf(kind).flatMap(({ type }) => type ?? []));
  const lists = own.filter(({ verbs = allVerbs }) => verbs.includes('list')).map((kind) => `${kind.schema}List`);
  return [...own.map((kind) => kind.schema), ...lists, ...subs, 'DeleteOptions', 'Status', 'WatchEvent', 'patch'];
}

type Add = (path: string, method: string, made: Json) => void;

function addMain(kind: Kind, dialect: Dialect, add: Add): void {
  const { group, version, namespaced, resource, schema: type } = kind;
  const gvk = { group, version, kind: kind.kind };
  const words = groupVersionWords(group, version);
  const scope = namespaced ? 'Namespaced' : '';
  const collection = `${rootOf(kind)}${namespaced ? '/namespaces/{namespace}' : ''}/${resource}`;
  for (const verb of kind.verbs ?? allVerbs) {
    const how = actions[verb];
    if (!how) continue;
    const { method, action, word } = how;
    const isCollection = action === 'list' || action === 'post' || action === 'deletecollection';
    const middle = action === 'deletecollection' ? 'Collection' : '';
    const isStatus = action === 'deletecollection' || (action === 'delete' && !kind.strategy.returnsDeleted);
    const answer = action === 'list' ? listType(kind) : isStatus ? 'Status' : type;
    const of = { group, version, gvk, action, type, answer, isCustom: isCustom(kind) };
    add(
      isCollection ? collection : `${collection}/{name}`,
      method,
      operation({ ...of, id: `${word}${words}${middle}${scope}${kind.kind}` }, dialect),
    );
    if (action === 'list' && namespaced)
      add(`${rootOf(kind)}/${resource}`, method, operation({ ...of, id: `list${words}${kind.kind}ForAllNamespaces` }, dialect));
  }
}

/** The older paths of watches, which custom resources never had. */
function addWatches(kind: Kind, dialect: Dialect, add: Add): void {
  const { group, version, namespaced, resource, verbs = allVerbs } = kind;
  if (isCustom(kind) || !verbs.includes('watch')) return;
  const of = { group, version, gvk: { group, version, kind: kind.kind }, type: kind.schema, answer: 'WatchEvent' };
  const words = `watch${groupVersionWords(group, version)}`;
  const [scope, within] = namespaced ? ['Namespaced', '/namespaces/{namespace}'] : ['', ''];
  const root = `${rootOf(kind)}/watch`;
  const watched = (path: string, action: Action, id: string): void => add(path, 'get', operation({ ...of, action, id }, dialect));
  watched(`${root}${within}/${resource}`, 'watchlist', `${words}${scope}${kind.kind}List`);
  watched(`${root}${within}/${resource}/{name}`, 'watch', `${words}${scope}${kind.kind}`);
  if (namespaced) watched(`${root}/${resource}`, 'watchlist', `${words}${kind.kind}ListForAllNamespaces`);
}

interface Subresource {
  name: string;
  gvk: GroupVersion & { kind: string };
  verbs: readonly string[];
  /** Absent for streams. */
  type: string | undefined;
}

function subresourcesOf({ group, version, kind, schema, subresources = {} }: Kind): Subresource[] {
  const change = ['get', 'patch', 'update'];
  const scale = { group: 'autoscaling', version: 'v1', kind: 'Scale' };
  return [
    ...(subresources.status ? [{ name: 'status', gvk: { group, version, kind }, verbs: change, type: schema }] : []),
    ...(subresources.scale ? [{ name: 'scale', gvk: scale, verbs: change, type: typeOfKind(scale) }] : []),
    ...(subresources.others ?? []).map(({ name, verbs, ...of }) => {
      const gvk = { group: of.group ?? group, version: of.version ?? version, kind: of.kind };
      return { name, gvk, verbs, type: name === 'log' ? undefined : of.kind === kind ? schema : typeOfKind(gvk) };
    }),
  ];
}

function addSubresource(kind: Kind, { name, gvk, verbs, type }: Subresource, dialect: Dialect, add: Add): void {
  const { group, version, namespaced, resource } = kind;
  const path = `${rootOf(kind)}${namespaced ? '/namespaces/{namespace}' : ''}/${resource}/{name}/${name}`;
  const ending = `${namespaced ? 'Namespaced' : ''}${kind.kind}${capitalised(name)}`;
  for (const verb of verbs) {
    const how = actions[verb as Verb];
    if (!how) continue;
    const isStream = type === undefined && name !== 'log';
    const action: Action = isStream ? 'connect' : how.action;
    const word = isStream ? 'connect' : how.word;
    const middle = isStream ? capitalised(how.method) : '';
    const id = `${word}${groupVersionWords(group, version)}${middle}${ending}`;
    const of = { group, version, gvk, action, type, part: name, isCustom: isCustom(kind) };
    add(path, how.method, operation({ ...of, id }, dialect));
    if (name === 'proxy') add(`${path}/{path}`, how.method, operation({ ...of, id: `${id}WithPath` }, dialect));
  }
}

const rootOf = ({ group, version }: GroupVersion): string => (group === '' ? `/api/${version}` : `/apis/${group}/${version}`);
