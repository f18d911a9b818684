import type { Resource } from '../../resources/resource.ts';
import type { Session } from '../../session.ts';
import { Failure } from '../failure.ts';
import type { Invocation, VerbBody } from '../verb.ts';
import { type Schema, Schemas } from './open-api.ts';
import { paragraph } from './text.ts';

export const explainVerb: VerbBody = {
  about: 'Describes the fields of each supported API resource, by a path such as pods.spec.containers.',
  examples: `# What a pod is
kubectl explain pods

# All its fields at once
kubectl explain pods --recursive

# One of them
kubectl explain pods.spec.containers`,
  usage: 'TYPE [--recursive=FALSE|TRUE] [--api-version=api-version-group] [-o|--output=plaintext|plaintext-openapiv2]',
  flags: [
    { name: 'api-version', type: 'string', help: 'Use given api-version (group/version) of the resource.' },
    {
      name: 'output',
      type: 'string',
      default: 'plaintext',
      help: 'Format in which to render the schema. Valid values are: (plaintext, plaintext-openapiv2).',
    },
    { name: 'recursive', type: 'boolean', default: false, help: 'When true, print the name of all the fields recursively.' },
  ],
  run: explain,
};

async function explain({ session, args, flags, path }: Invocation): Promise<void> {
  const [text = '', ...more] = args;
  if (text === '')
    throw new Failure(
      `error: You must specify the type of resource to explain. Use "${path.split(' ')[0]} api-resources" for a complete list of supported resources.`,
    );
  if (more.length > 0) throw new Failure('error: We accept only this format: explain RESOURCE');
  const output = flags.text('output');
  if (output !== 'plaintext' && output !== 'plaintext-openapiv2') throw new Failure(`error: unrecognized format: ${output}`);
  const { resource, fields } = await targetOf(session, text, flags.text('api-version'));
  const schemas = await Schemas.of(session.client, resource);
  session.io.out(heading(resource));
  const explaining = { schemas, isRecursive: flags.on('recursive') };
  session.io.out(`${body(explaining, schemas.ofKind(resource), fields)}\n`);
}

/** As much of the path as names a resource does; the rest are fields. */
async function targetOf({ discovery }: Session, text: string, apiVersion: string): Promise<{ resource: Resource; fields: string[] }> {
  const parts = text.split('.');
  const all = await discovery.all();
  if (apiVersion !== '') {
    const [version = '', group = ''] = apiVersion.split('/').reverse();
    const resource = await discovery.find(`${parts[0]}.${version}.${group}`).catch(() => {
      // A version that is not served is told of with the kind.
      throw new Failure(`error: couldn't find resource for "${group === '' ? '' : group}/${version}, Resource=${parts[0]}"`);
    });
    return { resource, fields: parts.slice(1) };
  }
  for (let i = parts.length; i > 1; i--) {
    const [name = '', ...group] = parts.slice(0, i);
    if (!all.some((one) => one.group === group.join('.'))) continue;
    return { resource: await discovery.find([name, ...group].join('.')), fields: parts.slice(i) };
  }
  const resource = await discovery.find(parts[0] ?? '').catch((error: unknown) => {
    throw error instanceof Failure ? new Failure(error.message.replace(/^error: /, '')) : error;
  });
  return { resource, fields: parts.slice(1) };
}

const heading = ({ group, kind, version }: Resource): string =>
  `${group === '' ? '' : `GROUP:      ${group}\n`}KIND:       ${kind}\nVERSION:    ${version}\n\n`;

interface Explaining {
  schemas: Schemas;
  isRecursive: boolean;
}

function body({ schemas, isRecursive }: Explaining, kind: Schema, path: readonly string[]): string {
  let at = kind;
  for (const name of path) {
    const field = schemas.fieldsOf(at).properties?.[name];
    if (!field) throw new Failure(`error: field ${JSON.stringify(path.at(-1))} does not exist`);
    at = field;
  }
  const name = path.at(-1);
  const title = name === undefined ? '' : `FIELD: ${name} <${schemas.typeName(at)}>\n${enumText(at) || '\n'}\n`;
  const struct = schemas.fieldsOf(at);
  const descriptions = [at.description, at === struct ? undefined : struct.description].filter(Boolean);
  const about = `DESCRIPTION:\n${paragraph(descriptions.join('\n') || '<empty>')}\n    \n`;
  const { properties } = struct;
  if (!properties) return title + about;
  const list = isRecursive ? nested(schemas, struct, { indent: '  ', above: [] }) : fieldList(schemas, struct);
  return `${title}${about}FIELDS:\n${list}`;
}

/** Beside a field there is room for four. */
const fewOf = (values: readonly unknown[]): string =>
  [...values.slice(0, 4).map(wordOf), ...(values.length > 4 ? ['....'] : [])].join(', ');

/** No word at all is a word as well. */
const wordOf = (value: unknown): string => (value === '' ? '""' : String(value));

const enumText = ({ enum: values }: Schema): string => (values ? `ENUM:\n${values.map((value) => `    ${value}\n`).join('')}` : '');

const inOrder = ({ properties = {} }: Schema): [string, Schema][] => Object.entries(properties).sort(([a], [b]) => (a < b ? -1 : 1));

const line = (schemas: Schemas, { required = [] }: Schema, [name, field]: [string, Schema]): string =>
  `${name}\t<${schemas.typeName(field)}>${required.includes(name) ? ' -required-' : ''}\n`;

function fieldList(schemas: Schemas, struct: Schema): string {
  const texts = inOrder(struct).map((entry) => {
    const [, { description, enum: values }] = entry;
    const choice = values ? `  enum: ${fewOf(values)}\n` : '';
    return `  ${line(schemas, struct, entry)}${choice}${paragraph(description || '<no description>')}\n\n`;
  });
  return texts.join('');
}

/** All levels; a type is not told again inside itself. */
function nested(schemas: Schemas, struct: Schema, { indent, above }: { indent: string; above: readonly Schema[] }): string {
  return inOrder(struct)
    .map((entry) => {
      const [, field] = entry;
      const { enum: values } = field;
      const choice = values ? `${indent}enum: ${fewOf(values)}\n` : '';
      const inner = schemas.fieldsOf(field);
      const below =
        inner.properties && !above.includes(inner) ? nested(schemas, inner, { indent: `${indent}  `, above: [...above, inner] }) : '';
      return `${indent}${line(schemas, struct, entry)}${choice}${below}`;
    })
    .join('');
}
