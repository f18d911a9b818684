/** What JSON.parse does not tell: how deep a document is, and which fields it names twice. */
import { DecodeError } from './decode-error.ts';

/** Deeper documents are refused: no type of the API comes near, and readers and writers recurse. */
export const maxDepth = 1000;

const quote = 0x22;
const backslash = 0x5c;

/**
 * Counts the fields of a valid document by its colons; a parsed object with fewer keys has lost duplicates.
 * Throws DecodeError past `maxDepth`.
 */
export function countFields(bytes: Uint8Array): number {
  let fields = 0;
  let depth = 0;
  for (let i = 0; i < bytes.length; i++) {
    switch (bytes[i]) {
      case quote:
        for (i++; i < bytes.length && bytes[i] !== quote; i++) if (bytes[i] === backslash) i++;
        break;
      case 0x3a:
        fields++;
        break;
      case 0x7b:
      case 0x5b:
        if (++depth > maxDepth) throw new DecodeError('exceeded max depth');
        break;
      case 0x7d:
      case 0x5d:
        depth--;
        break;
    }
  }
  return fields;
}

/** Paths (`spec.ports[0].name`) of all fields of a valid document in its order, a repeated one as often as it stands there. */
export function fieldPaths(text: string): string[] {
  const paths: string[] = [];
  const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;
  const tokens = text.match(token) ?? [];
  let at = 0;
  const value = (path: string): void => {
    const open = tokens[at++];
    if (open === '{') {
      while (tokens[at] !== '}') {
        const key = `${path === '' ? '' : `${path}.`}${JSON.parse(tokens[at] ?? '""')}`;
        at += 2;
        paths.push(key);
        value(key);
        if (tokens[at] === ',') at++;
      }
      at++;
    } else if (open === '[') {
      for (let i = 0; tokens[at] !== ']'; i++) {
        value(`${path}[${i}]`);
        if (tokens[at] === ',') at++;
      }
      at++;
    }
  };
  value('');
  return paths;
}
