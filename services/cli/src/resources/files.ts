/** Objects in the files of -f: YAML or JSON, one or many documents, directories, URLs, and `-` for stdin. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DecodeError, parseYamlDocuments } from '@t8s/codec';
import type { KubeObject } from '@t8s/meta';
import { Failure } from '../commands/failure.ts';
import { type Io, readAll } from '../io.ts';

export interface FileObject {
  object: KubeObject & Record<string, unknown>;
  /** The file as it was named; '' for what has none. */
  source: string;
}

export interface Reading {
  recursive: boolean;
  io: Io;
  /** What the objects are for: `no objects passed to create`. */
  purpose: string;
}

const extensions = /\.(json|ya?ml)$/;

export async function readFiles(files: readonly string[], { recursive, io, purpose }: Reading): Promise<FileObject[]> {
  const objects: FileObject[] = [];
  for (const file of files) {
    if (file === '-') objects.push(...parse(await readAll(io.stdin), 'STDIN'));
    else if (/^https?:\/\//.test(file)) objects.push(...parse(await download(file), file));
    else for (const path of expand(file, recursive)) objects.push(...parse(readFileSync(path, 'utf8'), path));
  }
  if (objects.length === 0) throw new Failure(`error: no objects passed to ${purpose}`);
  return objects;
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
  const response = await fetch(url);
  if (!response.ok)
    throw new Failure(
      `error: unable to read URL "${url}", server reported ${response.status} ${response.statusText}, status code=${response.status}`,
    );
  return response.text();
}

function parse(text: string, source: string): FileObject[] {
  let documents: unknown[];
  try {
    documents = parseYamlDocuments(text);
  } catch (error) {
    if (error instanceof DecodeError)
      throw new Failure(
        `error: error parsing ${source}: error converting YAML to JSON: ${error.message.replace('yaml: line 1: ', 'yaml: ')}`,
      );
    throw error;
  }
  return documents.flatMap((document) => checked(document, source));
}

/** A List stands for its items. */
function checked(document: unknown, source: string): FileObject[] {
  const object = document as Partial<FileObject['object']> & { items?: unknown[] };
  if (typeof document !== 'object' || Array.isArray(document)) throw new Failure(`error: error parsing ${source}: expected a map`);
  const missing = (what: string): Failure =>
    new Failure(`error: unable to decode "${source}": Object '${what}' is missing in '${JSON.stringify(object)}'`);
  if (!object.kind) throw missing('Kind');
  if (!object.apiVersion) throw missing('apiVersion');
  if (object.kind.endsWith('List') && Array.isArray(object.items)) return object.items.flatMap((item) => checked(item, source));
  return [{ object: { ...object, metadata: object.metadata ?? {} }, source }];
}
