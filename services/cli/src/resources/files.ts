/** Objects in the files of -f: YAML or JSON, one or many documents, directories, URLs, and `-` for stdin. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DecodeError, parseYaml } from '@t8s/codec';
import type { KubeObject } from '@t8s/meta';
import { Failure, type Failures } from '../commands/failure.ts';
import { type Io, readAll } from '../io.ts';

export interface FileObject {
  object: KubeObject & Record<string, unknown>;
  /** The file as it was named; '' for what has none. */
  source: string;
}

export interface Reading {
  recursive: boolean;
  io: Io;
  /** What is no object is refused as such; else as what can't be decoded. */
  validate: boolean;
  /** Gets what is wrong with single documents; the others are returned. */
  failures: Failures;
}

const extensions = /\.(json|ya?ml)$/;

/** Objects as they come: what is wrong further on does not keep those before it from being had. */
export async function* readFiles(files: readonly string[], reading: Reading): AsyncGenerator<FileObject> {
  const { failures, validate } = reading;
  for (const { source, text } of files.flatMap((file) => sources(file, reading)))
    for (const part of partsOf(await text())) {
      const parsed = await failures.attempt(async () => ({ document: parse(part, source) }));
      if (!parsed) break;
      if (parsed.document !== null) yield* (await failures.attempt(async () => checked(parsed.document, source, validate))) ?? [];
    }
}

interface Source {
  source: string;
  text(): string | Promise<string>;
}

function sources(file: string, { recursive, io }: Reading): Source[] {
  if (file === '-') return [{ source: 'STDIN', text: () => readAll(io.stdin) }];
  if (/^https?:\/\//.test(file)) return [{ source: file, text: () => download(file) }];
  return expand(file, recursive).map((path) => ({ source: path, text: () => readFileSync(path, 'utf8') }));
}

function expand(path: string, recursive: boolean): string[] {
  const isDirectory = statSync(path, { throwIfNoEntry: false })?.isDirectory();
  if (isDirectory === undefined) throw new Failure(`error: the path "${path}" does not exist`);
  if (!isDirectory) return [path];
  const entries = readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  const files = entries.flatMap((entry) => {
    const full = join(path, entry.name);
    if (entry.isDirectory()) return recursive ? expand(full, true) : [];
    return extensions.test(entry.name) ? [full] : [];
  });
  if (files.length === 0) throw new Failure(`error: error reading [${path}]: recognized file extensions are [.json .yaml .yml]`);
  return files;
}

async function download(url: string): Promise<string> {
  const response = await fetch(url).catch((error: Error) => {
    const { code, message } = (error.cause ?? error) as NodeJS.ErrnoException;
    throw new Failure(
      code === 'ECONNREFUSED'
        ? `The connection to the server ${new URL(url).host} was refused - did you specify the right host or port?`
        : `error: unable to read URL "${url}": ${message}`,
    );
  });
  if (!response.ok)
    throw new Failure(
      `error: unable to read URL "${url}", server reported ${response.status} ${response.statusText}, status code=${response.status}`,
    );
  return response.text();
}

/** Each document by itself: lines are counted from its beginning. */
const partsOf = (text: string): string[] => (/^\s*\{/.test(text) ? jsonValues(text) : text.split(/^---.*\n?/m));

/** JSON values may stand one after the other. Text that is something else is one part. */
function jsonValues(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}]/gs)) {
    if (token === '{') depth++;
    if (token !== '}' || --depth !== 0) continue;
    parts.push(text.slice(start, index + 1));
    start = index + 1;
  }
  return text.slice(start).trim() === '' ? parts : [text];
}

function parse(text: string, source: string): unknown {
  try {
    return parseYaml(text);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    const isCut = /^\s*\{/.test(text) && isPartOfJson(text);
    const why = isCut ? 'unexpected EOF' : `error converting YAML to JSON: ${error.message.replace('yaml: line 1: ', 'yaml: ')}`;
    throw new Failure(`error: error parsing ${source}: ${why}`);
  }
}

function isPartOfJson(text: string): boolean {
  try {
    JSON.parse(text);
    return false;
  } catch (error) {
    return /end of JSON input/.test((error as Error).message);
  }
}

/** A List stands for its items. */
function checked(document: unknown, source: string, validate: boolean): FileObject[] {
  const invalid = validate ? invalidity(document) : undefined;
  if (invalid !== undefined)
    throw new Failure(
      `error: error validating "${source}": error validating data: ${invalid}; if you choose to ignore these errors, turn validation off with --validate=false`,
    );
  const undecodable = (why: string): Failure => new Failure(`error: unable to decode "${source}": ${why}`);
  if (typeof document !== 'object' || document === null || Array.isArray(document))
    throw undecodable(`json: cannot unmarshal ${jsonTypeOf(document)} into Go value of type unstructured.detector`);
  const object = document as Partial<FileObject['object']> & { items?: unknown[] };
  const missing = (what: string): Failure => undecodable(`Object '${what}' is missing in '${JSON.stringify(object)}'`);
  if (!object.kind) throw missing('Kind');
  if (!object.apiVersion) throw missing('apiVersion');
  if (object.kind.endsWith('List') && Array.isArray(object.items)) return object.items.flatMap((item) => checked(item, source, validate));
  return [{ object: { ...object, metadata: object.metadata ?? {} }, source }];
}

const jsonTypeOf = (value: unknown): string => (Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value);

function invalidity(document: unknown): string | undefined {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return 'invalid object to validate';
  const wrong = ['apiVersion', 'kind'].flatMap((name) => {
    const value = (document as Record<string, unknown>)[name];
    if (value === undefined || value === null || value === '') return [`${name} not set`];
    return typeof value === 'string' ? [] : [`${name} isn't string type`];
  });
  return wrong.length > 1 ? `[${wrong.join(', ')}]` : wrong[0];
}
