/** The parameters that requests take, by what they do. */
import type { Dialect } from './schemas.ts';

type Json = Record<string, unknown>;

interface Parameter {
  name: string;
  type?: 'string' | 'integer' | 'boolean';
  description: string;
}

const write: readonly Parameter[] = [
  { name: 'dryRun', description: 'All: every step but the last is taken, and nothing is kept.' },
  { name: 'fieldManager', description: 'The name of whoever makes the change, for managedFields.' },
  { name: 'fieldValidation', description: 'What unknown and repeated fields lead to: Strict an error, Warn a warning, Ignore nothing.' },
];
const force: Parameter = { name: 'force', type: 'boolean', description: 'Apply takes over the fields that others manage.' };
const list: readonly Parameter[] = [
  { name: 'allowWatchBookmarks', type: 'boolean', description: 'A watch also tells how far it has come.' },
  { name: 'continue', description: 'Where the last page of this list ended.' },
  { name: 'fieldSelector', description: 'Only objects whose fields are so.' },
  { name: 'labelSelector', description: 'Only objects whose labels are so.' },
  { name: 'limit', type: 'integer', description: 'The most objects that an answer may hold.' },
  { name: 'resourceVersion', description: 'The version to read at, or to watch from.' },
  { name: 'resourceVersionMatch', description: 'How resourceVersion is meant for a list: Exact or NotOlderThan.' },
  { name: 'sendInitialEvents', type: 'boolean', description: 'A watch first tells what there is.' },
  { name: 'timeoutSeconds', type: 'integer', description: 'How long it may take.' },
];
const watch: Parameter = { name: 'watch', type: 'boolean', description: 'Changes as they happen, instead of a list.' };
const remove: readonly Parameter[] = [
  { name: 'dryRun', description: 'All: every step but the last is taken, and nothing is kept.' },
  { name: 'gracePeriodSeconds', type: 'integer', description: 'How long the object may take to end; 0 removes it at once.' },
  { name: 'orphanDependents', type: 'boolean', description: 'Older form of propagationPolicy.' },
  { name: 'propagationPolicy', description: 'What becomes of dependents: Orphan, Background or Foreground.' },
];

const byAction: Record<string, readonly Parameter[]> = {
  list: [...list, watch],
  post: write,
  put: write,
  patch: [...write, force],
  delete: remove,
  deletecollection: [...list, ...remove],
};

/** Of the query. */
export const queryParameters = (action: string, dialect: Dialect): Json[] =>
  (byAction[action] ?? []).map((parameter) => written(parameter, { in: 'query' }, dialect));

/** Of the path, and those that every request to it takes. */
export function pathParameters(path: string, dialect: Dialect): Json[] {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  return [
    ...names.map((name) => written({ name: name ?? '', description: `The object's ${name}.` }, { in: 'path', required: true }, dialect)),
    written({ name: 'pretty', description: 'Whether the answer is indented.' }, { in: 'query' }, dialect),
  ];
}

function written({ type = 'string', ...parameter }: Parameter, where: Json, dialect: Dialect): Json {
  const schema = { type, uniqueItems: true };
  return { ...parameter, ...where, ...(dialect === 'v2' ? schema : { schema }) };
}
