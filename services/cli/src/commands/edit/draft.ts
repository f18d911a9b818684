/** The file in the editor. */
import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DecodeError, parseYaml } from '@t8s/codec';
import { formatJson } from '../../printers/go-json.ts';
import { formatYaml } from '../../printers/go-yaml.ts';
import type { AnyObject } from '../../resources/requests.ts';

const heading = `# Please edit the object below. Lines beginning with a '#' will be ignored,
# and an empty file will abort the edit. If an error occurs while saving this file will be
# reopened with the relevant failures.
#
`;

export class Draft {
  readonly file: string;
  readonly format: 'yaml' | 'json';

  constructor(file: string, format: 'yaml' | 'json') {
    this.file = file;
    this.format = format;
  }

  /** Writes the objects, several of them as one List. Returns what stands in the file. */
  begin(objects: readonly AnyObject[]): string {
    const shown = objects.length === 1 ? objects[0] : { apiVersion: 'v1', items: objects, kind: 'List', metadata: {} };
    return this.#write(this.format === 'json' ? formatJson(shown) : heading + formatYaml(shown));
  }

  /** The same text again, with what was wrong with it in front. */
  reopen(text: string, problems: readonly string[]): string {
    if (this.format === 'json') return this.#write(text);
    return this.#write(`${heading}${problems.map((line) => `# ${line}\n`).join('')}#\n${withoutComments(text)}`);
  }

  read(): string {
    return readFileSync(this.file, 'utf8');
  }

  /** A copy that stays; returns its path. */
  keep(): string {
    const path = join(tmpdir(), `kubectl-edit-${process.pid}${Date.now()}.${this.format}`);
    writeFileSync(path, this.read(), { mode: 0o600 });
    return path;
  }

  #write(text: string): string {
    writeFileSync(this.file, text, { mode: 0o600 });
    return text;
  }
}

/** Only lines that begin with `#` are comments: others may be text of a value. */
const withoutComments = (text: string): string => text.replaceAll(/^#.*\n?/gm, '');

/** The same for texts that differ in comments and layout only. */
export function meaningOf(text: string): string {
  try {
    return JSON.stringify(parseYaml(withoutComments(text)));
  } catch (error) {
    if (error instanceof DecodeError) return text;
    throw error;
  }
}

/** The objects in an edited text, or why there are none. */
export function objectsIn(text: string): AnyObject[] | Error {
  let document: unknown;
  try {
    document = parseYaml(withoutComments(text));
  } catch (error) {
    return error as Error;
  }
  if (typeof document !== 'object' || document === null) return new Error("Object 'Kind' is missing in 'null'");
  const { kind, items } = document as { kind?: unknown; items?: AnyObject[] };
  if (typeof kind !== 'string' || kind === '') return new Error(`Object 'Kind' is missing in '${JSON.stringify(document)}'`);
  return kind === 'List' && Array.isArray(items) ? items : [document as AnyObject];
}
