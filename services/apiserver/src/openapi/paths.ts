/** The paths of a group-version: enough for kubectl to find which verbs and parameters a kind has. */
import { allVerbs, type Kind, kinds } from '@t8s/api';

type Json = Record<string, unknown>;

const methods: Record<string, [method: string, onItem: boolean]> = {
  get: ['get', true],
  list: ['get', false],
  create: ['post', false],
  update: ['put', true],
  patch: ['patch', true],
  delete: ['delete', true],
  deletecollection: ['delete', false],
};
const query = (name: string, type = 'string'): Json => ({ name, in: 'query', schema: { type, uniqueItems: true } });
const writeParameters = [query('dryRun'), query('fieldManager'), query('fieldValidation')];

export interface PathOptions {
  group: string;
  version: string;
  /** Wraps a definition's name into a response or request body of the document's dialect. */
  reference(type: string): Json;
  dialect: 'v2' | 'v3';
}

export function paths({ group, version, reference, dialect }: PathOptions): Json {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const result: Record<string, Json> = {};
  for (const kind of kinds.filter((k) => k.group === group && k.version === version)) {
    const collection = kind.namespaced ? `${root}/namespaces/{namespace}/${kind.resource}` : `${root}/${kind.resource}`;
    for (const verb of kind.verbs ?? allVerbs) {
      const [method, onItem] = methods[verb] ?? [];
      if (!method) continue;
      const path = onItem ? `${collection}/{name}` : collection;
      result[path] = { ...result[path], [method]: operation(kind, verb, { reference, dialect }) };
    }
  }
  return result;
}

function operation(kind: Kind, verb: string, { reference, dialect }: Pick<PathOptions, 'reference' | 'dialect'>): Json {
  const content =
    dialect === 'v3' ? { content: { 'application/json': { schema: reference(kind.schema) } } } : { schema: reference(kind.schema) };
  const isWrite = ['create', 'update', 'patch'].includes(verb);
  const parameters = isWrite || verb === 'delete' ? writeParameters : [];
  return {
    operationId: `${verb}${kind.group}${kind.version}${kind.kind}`,
    ...(dialect === 'v2'
      ? {
          parameters: [
            ...parameters.map(flatten),
            ...(isWrite ? [{ name: 'body', in: 'body', required: true, schema: reference(kind.schema) }] : []),
          ],
        }
      : { parameters, ...(isWrite && { requestBody: content }) }),
    responses: { '200': { description: 'OK', ...content } },
    'x-kubernetes-action': verb,
    'x-kubernetes-group-version-kind': { group: kind.group, kind: kind.kind, version: kind.version },
  };
}

/** OpenAPI v2 writes a parameter's type beside its name. */
function flatten({ schema, ...parameter }: Json): Json {
  return { ...parameter, ...(schema as Json) };
}
