/** Objects as -o asks for them: json, yaml, name, jsonpath, custom-columns. Tables are the get command's own. */
import { readFileSync } from 'node:fs';
import { kinds } from '@t8s/api';
import type { KubeObject } from '@t8s/meta';
import { Failure } from '../commands/failure.ts';
import type { Resource } from '../resources/resource.ts';
import { kindName } from '../resources/resource.ts';
import { Columns } from './columns.ts';
import { formatJson, formatJsonAsIs } from './go-json.ts';
import { GoTemplate } from './go-template/go-template.ts';
import { goText } from './go-text.ts';
import { formatYaml } from './go-yaml.ts';
import { JsonPath, relaxedPath } from './json-path.ts';
import { typedForm } from './typed-form.ts';

export interface Printed {
  object: KubeObject & Record<string, unknown>;
  resource: Resource;
  /** Shown in the form of its type, where kubectl works with typed objects. */
  isTyped?: boolean;
}

/** Turns objects into text; stateful printers (columns, YAML streams) go on where they were. */
export interface ObjectPrinter {
  /** One object, or several as one List. */
  format(items: readonly Printed[], asList: boolean): string;
}

export interface PrinterOptions {
  output: string;
  /** What --template says: the argument of formats that have none of their own. */
  template?: string;
  headers?: boolean;
  showManagedFields?: boolean;
  allowMissingKeys?: boolean;
}

const formats =
  'custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,name,template,templatefile,wide,yaml';

/** The printer of a format other than a table. Throws Failure in kubectl's words for one that does not exist. */
export function objectPrinter({
  output,
  template = '',
  headers = true,
  showManagedFields = false,
  allowMissingKeys = true,
}: PrinterOptions): ObjectPrinter {
  const [format = '', ...rest] = output.split('=');
  const argument = rest.length > 0 ? rest.join('=') : template;
  const shown = ({ object, resource, isTyped }: Printed): Record<string, unknown> => {
    const plain = showManagedFields ? object : withoutManagedFields(object);
    return isTyped ? typedForm(plain, typeOf(resource)) : plain;
  };
  switch (format) {
    case 'json':
      return {
        format: (items, asList) =>
          items.some(({ isTyped }) => isTyped)
            ? formatJsonAsIs(together(items.map(shown), asList))
            : formatJson(together(items.map(shown), asList)),
      };
    case 'yaml': {
      let first = true;
      return {
        format(items, asList) {
          const text = `${first ? '' : '---\n'}${formatYaml(together(items.map(shown), asList))}`;
          first = false;
          return text;
        },
      };
    }
    case 'name':
      return { format: (items) => items.map(({ object, resource }) => `${kindName(resource)}/${object.metadata.name}\n`).join('') };
    case 'jsonpath':
    case 'jsonpath-file': {
      if (argument === '') throw new Failure(`error: template format specified but no template given`);
      const path = new JsonPath(format === 'jsonpath' ? argument : templateIn(argument, 'reading --template'), {
        allowMissing: allowMissingKeys,
      });
      return { format: (items, asList) => path.format(together(items.map(shown), asList)) };
    }
    case 'jsonpath-as-json': {
      if (argument === '') throw new Failure(`error: template format specified but no template given`);
      const path = new JsonPath(argument, { allowMissing: allowMissingKeys });
      return { format: (items, asList) => formatJson(path.values(together(items.map(shown), asList))) };
    }
    case 'custom-columns':
      return customColumns(argument, headers);
    case 'custom-columns-file':
      return customColumns(columnsOfFile(templateIn(argument, 'reading template')), headers);
    case 'go-template':
    case 'go-template-file':
    case 'template':
    case 'templatefile': {
      if (argument === '') throw new Failure('error: template format specified but no template given');
      const text = format.endsWith('file') ? templateIn(argument, 'reading --template') : argument;
      const goTemplate = new GoTemplate(text, { allowMissing: allowMissingKeys });
      return { format: (items, asList) => goTemplate.format(together(items.map(shown), asList)) };
    }
    default:
      throw new Failure(`error: unable to match a printer suitable for the output format "${output}", allowed formats are: ${formats}`);
  }
}

function templateIn(path: string, doing: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'no such file or directory' : String(error);
    throw new Failure(`error: error ${doing} ${path}, open ${path}: ${why}`);
  }
}

/** Some kinds share their name with another version's. */
const typeOf = ({ group, version, kind }: Resource): string =>
  kinds.find((known) => known.group === group && known.version === version && known.kind === kind)?.schema ?? kind;

/** Several objects become a List, as kubectl makes one. */
function together(objects: readonly Record<string, unknown>[], asList: boolean): unknown {
  return asList ? { apiVersion: 'v1', items: objects, kind: 'List', metadata: { resourceVersion: '' } } : objects[0];
}

function withoutManagedFields(object: KubeObject & Record<string, unknown>): Record<string, unknown> {
  if (object.metadata.managedFields === undefined) return object;
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}

function customColumns(spec: string, headers: boolean): ObjectPrinter {
  if (spec === '') throw new Failure('error: custom-columns format specified but no custom columns given');
  const columns = spec.split(',').map((part) => {
    const [header = '', ...path] = part.split(':');
    if (path.length === 0) throw new Failure(`error: unexpected custom-columns spec: ${part}, expected <header>:<json-path-expr>`);
    return { header, path: new JsonPath(relaxedPath(path.join(':'))) };
  });
  const layout = new Columns();
  let started = !headers;
  return {
    format(items) {
      const rows = items.map(({ object }) =>
        columns.map(({ path }) => {
          const values = path.values(object);
          return values.length === 0 ? '<none>' : values.map((value) => (value === null ? '<none>' : goText(value))).join(',');
        }),
      );
      if (!started) rows.unshift(columns.map(({ header }) => header));
      started = true;
      return layout.format(rows);
    },
  };
}

/** Two lines: headers, and under each the path of its column. */
function columnsOfFile(text: string): string {
  const [headers = [], paths = []] = text.split('\n').map((line) => line.trim().split(/\s+/));
  return headers.map((header, i) => `${header}:${paths[i] ?? ''}`).join(',');
}
