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

const stdio: readonly Parameter[] = [
  { name: 'container', description: "The container; the pod's only one where it has but one." },
  { name: 'stderr', type: 'boolean', description: 'Standard error is wanted.' },
  { name: 'stdin', type: 'boolean', description: 'Standard input is sent.' },
  { name: 'stdout', type: 'boolean', description: 'Standard output is wanted.' },
  { name: 'tty', type: 'boolean', description: 'A terminal is made for it.' },
];
/** Of sub-resources that are talked to, by name. */
const bySubresource: Record<string, readonly Parameter[]> = {
  attach: stdio,
  exec: [...stdio, { name: 'command', description: 'The program to run, and what it is given, one each.' }],
  log: [
    { name: 'container', description: "The container; the pod's only one where it has but one." },
    { name: 'follow', type: 'boolean', description: 'Goes on with what is still to be said.' },
    { name: 'insecureSkipTLSVerifyBackend', type: 'boolean', description: "Nobody vouches for the kubelet's certificate." },
    { name: 'limitBytes', type: 'integer', description: 'The most bytes told.' },
    { name: 'previous', type: 'boolean', description: 'Of the run before this one.' },
    { name: 'sinceSeconds', type: 'integer', description: 'Only what was said since then, in seconds before now.' },
    { name: 'stream', description: 'All, Stdout or Stderr.' },
    { name: 'tailLines', type: 'integer', description: 'Only so many of the last lines.' },
    { name: 'timestamps', type: 'boolean', description: 'Each line begins with its time.' },
  ],
  portforward: [{ name: 'ports', type: 'integer', description: 'The ports to forward to.' }],
  proxy: [{ name: 'path', description: 'The path at the backend.' }],
};

const byAction: Record<string, readonly Parameter[]> = {
  list: [...list, watch],
  watch: [...list, watch],
  watchlist: [...list, watch],
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
    ...(bySubresource[path.split('/').pop() ?? ''] ?? []).map((parameter) => written(parameter, { in: 'query' }, dialect)),
    written({ name: 'pretty', description: 'Whether the answer is indented.' }, { in: 'query' }, dialect),
  ];
}

function written({ type = 'string', ...parameter }: Parameter, where: Json, dialect: Dialect): Json {
  const schema = { type, uniqueItems: true };
  return { ...parameter, ...where, ...(dialect === 'v2' ? schema : { schema }) };
}
