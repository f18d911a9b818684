/** One kubeconfig file as it is written: read whole, changed in one place, written whole or not at all. */
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parse } from 'yaml';
import { formatYaml } from '../../printers/go-yaml.ts';
import { Failure } from '../failure.ts';

type Json = Record<string, unknown>;

export interface Named {
  name: string;
  [kind: string]: unknown;
}

export interface KubeconfigDocument extends Json {
  clusters: Named[];
  contexts: Named[];
  users: Named[];
  'current-context': string;
}

/** A file that is not there is an empty one. */
export function readDocument(file: string): KubeconfigDocument {
  const empty = { apiVersion: 'v1', clusters: [], contexts: [], 'current-context': '', kind: 'Config', preferences: {}, users: [] };
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  let content: unknown;
  try {
    content = parse(text) ?? {};
  } catch (error) {
    throw new Failure(`error: error loading config file "${file}": ${(error as Error).message.split('\n')[0]}`);
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content))
    throw new Failure(`error: error loading config file "${file}": it is not a mapping`);
  const given = Object.fromEntries(Object.entries(content).filter(([, value]) => value !== null));
  return { ...empty, ...given };
}

export function writeDocument(file: string, document: KubeconfigDocument): void {
  mkdirSync(dirname(file), { recursive: true });
  const mode = existsSync(file) ? statSync(file).mode : 0o600;
  writeFileSync(`${file}.new`, formatYaml(document), { mode });
  renameSync(`${file}.new`, file);
}

/** The entry of that name, made where there is none; tells whether it was. */
export function upsert(list: Named[], name: string, field: string): { entry: Json; isNew: boolean } {
  const found = list.find((one) => one.name === name);
  if (found) {
    found[field] ??= {};
    return { entry: found[field] as Json, isNew: false };
  }
  const entry: Json = {};
  list.push({ [field]: entry, name });
  list.sort((a, b) => (a.name < b.name ? -1 : 1));
  return { entry, isNew: true };
}
