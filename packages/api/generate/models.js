import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { packages, quantities, schemaOr } from './groups.js';
import { ownModels } from './own-models.js';

const require = createRequire(import.meta.url);
const modelsDir = join(dirname(require.resolve('@kubernetes/client-node')), 'gen', 'models');
const primitives = new Set(['string', 'number', 'boolean', 'Date', 'any', 'IntOrString', 'V1MicroTime']);

/** `V1Pod` → `Pod`, `CoreV1Event` → `CoreEvent`, `EventsV1Event` → `Event`, `V2MetricSpec` → `MetricSpec` (with `V2` where V1 has one too). */
export function typeName(model) {
  if (model.startsWith('EventsV1')) return model.slice('EventsV1'.length);
  const [, group = '', version, name] = /^([A-Z][a-z]+)?(V[12])([A-Z].*)$/.exec(model) ?? [undefined, '', '', model];
  if (version === 'V2' && /^(HorizontalPodAutoscaler|CrossVersionObjectReference)/.test(name))
    return name.replace(/(?=List$)|(?<!List)$/, 'V2');
  return group + name;
}

/** Reads the models reached from the roots of `groups.js`. Returns Map<type name, { package, description, fields: [{ name, type, format, required, description, quantity, schemaOr }] }>. */
export async function readModels() {
  const all = await import(join(modelsDir, 'all.js'));
  const byName = new Map(
    Object.keys(all)
      .filter((m) => all[m].attributeTypeMap && !/V\d(alpha|beta)/.test(m))
      .map((m) => [typeName(m), m]),
  );
  const models = new Map();
  for (const [pkg, roots] of packages) {
    const queue = roots.flatMap((root) => [root, `${root}List`].filter((name) => byName.has(name)));
    for (const root of roots) if (!byName.has(root)) throw new Error(`groups.js names ${root}, which client-node does not have`);
    for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
      if (models.has(name)) continue;
      const model = readModel(byName.get(name), name, all);
      models.set(name, { package: pkg, ...model });
      for (const field of model.fields) for (const ref of refs(field.type)) if (byName.has(ref)) queue.push(ref);
    }
  }
  for (const [name, model] of ownModels) models.set(name, model);
  return models;
}

function readModel(model, name, all) {
  const text = readFileSync(join(modelsDir, `${model}.d.ts`), 'utf8');
  const body = text.slice(text.indexOf('export declare class'));
  const docs = new Map();
  for (const [, doc, field, optional] of body.matchAll(/(?:\/\*\*\n((?:\s+\*(?!\/).*\n)+)\s+\*\/\n)?\s+'([^']+)'(\?)?: /g))
    docs.set(field, { description: comment(doc), required: !optional });
  const fields = all[model].attributeTypeMap.map(({ name: property, baseName, type, format }) => ({
    name: baseName,
    type: rename(type),
    format,
    ...docs.get(property),
    quantity: quantities.has(`${name}.${baseName}`),
    schemaOr: schemaOr[`${name}.${baseName}`],
  }));
  const head = /\/\*\*\n((?:\s*\*(?!\/).*\n)+)\s*\*\/\nexport declare class/.exec(text.slice(text.indexOf('*/') + 2));
  return { description: comment(head?.[1]), fields };
}

const comment = (text) =>
  (text ?? '')
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, ''))
    .join('\n')
    .trim()
    .replaceAll(/\\(['"])/g, '$1')
    .replaceAll('*_/', '*/');
const rename = (type) => type.replaceAll(/\b[A-Z]\w*\b/g, (word) => (word === 'Array' || primitives.has(word) ? word : typeName(word)));
const refs = (type) => type.match(/\b[A-Z]\w*\b/g) ?? [];
