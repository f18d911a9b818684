/** Entries of ConfigMaps and Secrets from --from-literal, --from-file and --from-env-file. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isConfigMapKey } from '@t8s/meta';
import { Failure } from '../failure.ts';
import type { Flag, Flags } from '../verb.ts';

export const keyValueFlags: readonly Flag[] = [
  { name: 'from-env-file', type: 'strings', help: 'Specify the path to a file to read lines of key=val pairs.' },
  {
    name: 'from-file',
    type: 'strings',
    help: 'Key file can be specified using its file path, in which case file basename will be used as the key, or with a key and a file path (key=path). A directory gives each of its files.',
  },
  { name: 'from-literal', type: 'texts', help: 'Specify a key and literal value to insert (i.e. mykey=somevalue)' },
];

/** `where` is what a key that is there twice is said to be in already. */
export function keyValues(flags: Flags, where = ''): Map<string, Buffer> {
  const entries = new Map<string, Buffer>();
  const add = (key: string, value: Buffer): void => {
    const [wrong] = isConfigMapKey(key);
    if (wrong !== undefined) throw new Failure(`error: ${JSON.stringify(key)} is not valid key name: ${wrong}`);
    if (entries.has(key)) throw new Failure(`error: cannot add key "${key}", another key by that name already exists${where}`);
    entries.set(key, value);
  };
  for (const literal of flags.list('from-literal')) {
    const at = literal.indexOf('=');
    if (at <= 0) throw new Failure(`error: invalid literal source ${literal}, expected key=value`);
    add(literal.slice(0, at), Buffer.from(unquoted(literal.slice(at + 1))));
  }
  for (const source of flags.list('from-file')) for (const [key, path] of filesOf(source)) add(key, read(path));
  for (const path of flags.list('from-env-file')) for (const [key, value] of envLines(read(path).toString())) add(key, Buffer.from(value));
  return entries;
}

const unquoted = (text: string): string => /^(["'])(.*)\1$/s.exec(text)?.[2] ?? text;

function filesOf(source: string): [key: string, path: string][] {
  const at = source.indexOf('=');
  if (at === 0) throw new Failure(`error: key name for file path ${source.slice(1)} missing`);
  if (at > 0) return [[source.slice(0, at), source.slice(at + 1)]];
  if (!statSync(source, { throwIfNoEntry: false })?.isDirectory()) return [[basename(source), source]];
  const files = readdirSync(source, { withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map(({ name }) => [name, join(source, name)]);
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new Failure(`error: error reading ${path}: ${missing ? 'no such file or directory' : String(error)}`);
  }
}

function envLines(text: string): [string, string][] {
  const lines = text.split('\n').map((line) => line.trimStart());
  return lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const at = line.indexOf('=');
      return at < 0 ? [line, process.env[line] ?? ''] : [line.slice(0, at), line.slice(at + 1)];
    });
}
