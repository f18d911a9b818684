/** One operation of a path, named as upstream names it: generated clients make their methods of these names. */
import type { Verb } from '@t8s/api';
import { queryParameters } from './parameters.ts';
import { type Dialect, reference } from './schemas.ts';

type Json = Record<string, unknown>;

export type Action = 'list' | 'post' | 'deletecollection' | 'get' | 'put' | 'patch' | 'delete' | 'connect' | 'watch' | 'watchlist';

/** Method, action and first word of the name, by verb. Watches are lists with a parameter. */
export const actions: Partial<Record<Verb, { method: string; action: Action; word: string }>> = {
  list: { method: 'get', action: 'list', word: 'list' },
  create: { method: 'post', action: 'post', word: 'create' },
  deletecollection: { method: 'delete', action: 'deletecollection', word: 'delete' },
  get: { method: 'get', action: 'get', word: 'read' },
  update: { method: 'put', action: 'put', word: 'replace' },
  patch: { method: 'patch', action: 'patch', word: 'patch' },
  delete: { method: 'delete', action: 'delete', word: 'delete' },
};

const json = ['application/json', 'application/yaml'];
const strategicPatch = 'application/strategic-merge-patch+json';
const patches = ['application/json-patch+json', 'application/merge-patch+json', strategicPatch, 'application/apply-patch+yaml'];

export interface OperationOptions {
  id: string;
  action: Action;
  /** Of a sub-resource, its name. */
  part?: string;
  group: string;
  version: string;
  /** What the operation is about, as x-kubernetes-group-version-kind names it. */
  gvk: { group: string; version: string; kind: string };
  /** The type of what is sent and answered; absent for streams. */
  type: string | undefined;
  /** The type of what is answered where it is another. */
  answer?: string;
  /** Of a custom resource, which strategic merge patches can't change. */
  isCustom?: boolean;
}

export function operation(
  { id, action, part = '', group, version, gvk, type, answer = type, isCustom = false }: OperationOptions,
  dialect: Dialect,
): Json {
  const sent = action === 'patch' ? 'patch' : action === 'post' || action === 'put' ? type : undefined;
  const body = action === 'delete' || action === 'deletecollection' ? 'DeleteOptions' : sent;
  const isNeeded = body === sent;
  const sentTypes = action === 'patch' ? patches.filter((name) => !isCustom || name !== strategicPatch) : json;
  const answerTypes = ['list', 'watch', 'watchlist'].includes(action) ? [...json, 'application/json;stream=watch'] : json;
  const codes = { post: ['200', '201', '202'], put: ['200', '201'], patch: ['200', '201'], delete: ['200', '202'] };
  const ok = codes[action as keyof typeof codes] ?? ['200'];
  const content = (types: readonly string[], of: string): Json => ({
    content: Object.fromEntries(types.map((media) => [media, { schema: reference(of, dialect) }])),
  });
  const answered =
    answer === undefined ? text(dialect) : dialect === 'v2' ? { schema: reference(answer, dialect) } : content(answerTypes, answer);
  const parameters = queryParameters(action, dialect);
  return {
    description: describe(action, gvk.kind, part),
    tags: [tagOf(group, version)],
    operationId: id,
    ...(dialect === 'v2' && { consumes: body ? sentTypes : ['*/*'], produces: answer ? answerTypes : ['*/*'], schemes: ['https'] }),
    parameters: [
      ...(dialect === 'v2' && body ? [{ name: 'body', in: 'body', required: isNeeded, schema: reference(body, dialect) }] : []),
      ...parameters,
    ],
    ...(dialect === 'v3' && body && { requestBody: { ...content(sentTypes, body), ...(isNeeded && { required: true }) } }),
    responses: {
      ...Object.fromEntries(ok.map((code) => [code, { description: statusWords[code], ...answered }])),
      '401': { description: 'Unauthorized' },
    },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': gvk,
  };
}

/** In upstream's words. */
function describe(action: Action, kind: string, part: string): string {
  const one = `${/^[AEIOU]/.test(kind) ? 'an' : 'a'} ${kind}`;
  const of = part === '' ? `the specified ${kind}` : `${part} of the specified ${kind}`;
  const deprecated = "deprecated: use the 'watch' parameter with a list operation instead";
  const words: Readonly<Record<Action, string>> = {
    list: `list or watch objects of kind ${kind}`,
    post: part === '' ? `create ${one}` : `create ${part} of ${one}`,
    deletecollection: `delete collection of ${kind}`,
    get: `read ${of}`,
    put: `replace ${of}`,
    patch: `partially update ${of}`,
    delete: `delete ${one}`,
    connect: `connect requests to ${part} of ${kind}`,
    watch: `watch changes to an object of kind ${kind}. ${deprecated}, filtered to a single item with the 'fieldSelector' parameter.`,
    watchlist: `watch individual changes to a list of ${kind}. ${deprecated}.`,
  };
  return words[action];
}

/** What is no object: what a container has said, what a backend answers. */
const text = (dialect: Dialect): Json =>
  dialect === 'v2' ? { schema: { type: 'string' } } : { content: { '*/*': { schema: { type: 'string' } } } };

const statusWords: Record<string, string> = { '200': 'OK', '201': 'Created', '202': 'Accepted' };

/** `rbacAuthorization` of `rbac.authorization.k8s.io`. */
const groupWords = (group: string): string =>
  (group || 'core').replace(/\.k8s\.io$/, '').replaceAll(/\.(\w)/g, (_, letter: string) => letter.toUpperCase());

const tagOf = (group: string, version: string): string => `${groupWords(group)}_${version}`;

export const capitalised = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** `AppsV1` of apps/v1: the middle of operation names. */
export const groupVersionWords = (group: string, version: string): string => capitalised(groupWords(group)) + capitalised(version);
