/**
 * Emits src/generated/{types,schema,descriptions,field-numbers}.ts from the model declarations of @kubernetes/client-node:
 * the wire types, a compact schema the codec and OpenAPI read, and the field descriptions (apart: only OpenAPI loads them),
 * these completed from kubernetes-types.
 * What the models lack, the numbers of the fields in protobuf, stands in field-numbers.txt.
 * Does nothing when they are newer than this folder and the package.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, '..', 'src', 'generated');
const mtime = (file) => (existsSync(file) ? statSync(file).mtimeMs : 0);
const inputs = [...readdirSync(here).map((f) => join(here, f)), createRequire(import.meta.url).resolve('@kubernetes/client-node')];
if (['types.ts', 'schema.ts', 'descriptions.ts', 'field-numbers.ts'].every((f) => mtime(join(out, f)) > Math.max(...inputs.map(mtime))))
  process.exit(0);

const { readModels } = await import('./models.js');
const { fieldDescription } = await import('./field-docs.js');
const models = await readModels();
mkdirSync(out, { recursive: true });
const header = '// Generated from the model declarations of @kubernetes/client-node; do not edit.\n';
/** Types the meta package writes by hand, because ranks below `api` need them. */
const inMeta = [
  'ObjectMeta',
  'OwnerReference',
  'ManagedFieldsEntry',
  'ListMeta',
  'LabelSelector',
  'LabelSelectorRequirement',
  'Status',
  'StatusDetails',
  'StatusCause',
];

/** Fields of kinds that the wire may leave out but no object in our hands lacks: the codec and defaulting see to it. */
const alwaysThere = new Set(['metadata', 'spec']);

const types = [...models]
  .filter(([name]) => !inMeta.includes(name))
  .map(([name, model]) => {
    const isKind = model.fields.some((f) => f.type === 'ObjectMeta') && model.fields.some((f) => f.name === 'kind');
    const fields = model.fields
      .map(
        (f) =>
          `${doc(f.description, '  ')}  ${f.name.startsWith('$') || f.name.includes('-') ? `'${f.name}'` : f.name}${f.required || (isKind && alwaysThere.has(f.name)) ? '' : '?'}: ${tsType(f)};\n`,
      )
      .join('');
    return `${doc(model.description, '')}export interface ${name} {\n${fields}}\n`;
  })
  .join('\n');
const imported = ['IntOrString', ...inMeta].filter((name) => new RegExp(`: ${name}\\b`).test(types));
writeFileSync(join(out, 'types.ts'), `${header}import type { ${imported.join(', ')} } from '@t8s/meta';\n\n${types}`);

const schema = {};
const descriptions = {};
for (const [name, model] of models) {
  schema[name] = { package: model.package, fields: Object.fromEntries(model.fields.map((f) => [f.name, fieldSchema(f)])) };
  descriptions[name] = {
    description: model.description,
    fields: Object.fromEntries(
      model.fields.flatMap((f) => {
        const description = f.description || fieldDescription(model.package, name, f.name);
        return description ? [[f.name, description]] : [];
      }),
    ),
  };
}
const literal = (value) => JSON.stringify(JSON.stringify(value));
writeFileSync(
  join(out, 'schema.ts'),
  `${header}import type { TypeSchema } from '../schema.ts';\nexport const schema: Record<string, TypeSchema> = /* @__PURE__ */ JSON.parse(${literal(schema)});\n`,
);
writeFileSync(
  join(out, 'descriptions.ts'),
  `${header}export const descriptions: Record<string, { description: string; fields: Record<string, string> }> = /* @__PURE__ */ JSON.parse(${literal(descriptions)});\n`,
);
/** A line a type: its fields in the order of their numbers; `:n` where the count does not go on, `n.m` inside an inlined message, `!` kept when zero. */
const numbers = readFileSync(join(here, 'field-numbers.txt'), 'utf8').trim().split('\n');
const fieldNumbers = Object.fromEntries(numbers.map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]));
writeFileSync(
  join(out, 'field-numbers.ts'),
  `${header}export const fieldNumbers: Record<string, string> = /* @__PURE__ */ JSON.parse(${literal(fieldNumbers)});\n`,
);

function doc(text, indent) {
  return text ? `${indent}/** ${text.replaceAll('*/', '*\\/').replaceAll('\n', `\n${indent} * `)} */\n` : '';
}

function tsType({ type }) {
  return type
    .replace(/\b(Date|V1MicroTime)\b/g, 'string')
    .replace(/\bany\b/g, 'unknown')
    .replace(/^Array<(.*)>$/, '$1[]')
    .replace(/^\{ \[key: string\]: (.*); \}$/, 'Record<string, $1>');
}

/** One field in the compact schema: see TypeSchema in src/schema.ts. */
function fieldSchema(f) {
  const schema = f.schemaOr ? schemaUnion(f) : shape(f.type, f.format, f.quantity);
  return f.required ? { ...schema, required: true } : schema;
}

function schemaUnion({ type, schemaOr }) {
  const union = { type: 'schemaOr', or: schemaOr };
  return type.startsWith('{') ? { type: 'map', items: union } : union;
}

function shape(type, format, quantity) {
  const array = /^Array<(.*)>$/.exec(type);
  if (array) return { type: 'array', items: shape(array[1], format, quantity) };
  const map = /^\{ \[key: string\]: (.*); \}$/.exec(type);
  if (map) return { type: 'map', items: shape(map[1], format, quantity) };
  if (quantity) return { type: 'quantity' };
  switch (type) {
    case 'string':
      return format === 'byte' ? { type: 'bytes' } : { type: 'string' };
    case 'number':
      return format === 'double' ? { type: 'number' } : { type: 'integer', format: format || 'int32' };
    case 'boolean':
      return { type: 'boolean' };
    case 'Date':
      return { type: 'time' };
    case 'V1MicroTime':
      return { type: 'microtime' };
    case 'IntOrString':
      return { type: 'intOrString' };
    case 'any':
      return { type: 'any' };
    default:
      return { type: 'ref', ref: type };
  }
}
