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

/** At most this many are told. */
export const maxStrictErrors = 100;

/** An object or array that the walk is in. */
interface Level {
  /** Keys seen; undefined in an array. */
  keys: Set<string> | undefined;
  /** The key or index of the value at hand. */
  at: string | number;
}

/**
 * Finds the fields of a valid document that stand in `unknown` (paths as `spec.ports[0].name`) or repeat a field of their
 * object, in the document's order, as strict decoding names them. What is inside an unknown field is not looked at.
 */
export function strictFieldErrors(text: string, unknown: ReadonlySet<string>): string[] {
  const token = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]/g;
  const lastNames = new Set([...unknown].map((path) => path.slice(path.lastIndexOf('.') + 1)));
  const levels: Level[] = [];
  const errors = new Set<string>();
  /** How many levels there were when an unknown field began. */
  let skipFrom: number | undefined;
  let key: string | undefined;
  for (let match = token.exec(text); match && errors.size < maxStrictErrors; match = token.exec(text)) {
    const level = levels.at(-1);
    switch (match[0]) {
      case '{':
        levels.push({ keys: new Set(), at: '' });
        break;
      case '[':
        levels.push({ keys: undefined, at: 0 });
        break;
      case '}':
      case ']':
        levels.pop();
        if (skipFrom !== undefined && levels.length < skipFrom) skipFrom = undefined;
        break;
      case ',':
        if (typeof level?.at === 'number') level.at += 1;
        if (levels.length === skipFrom) skipFrom = undefined;
        break;
      case ':':
        if (level?.keys && key !== undefined && skipFrom === undefined) meet(level, key);
        break;
      default:
        key = skipFrom === undefined && level?.keys ? match[0] : undefined;
    }
  }
  return [...errors];

  function meet(level: Level, written: string): void {
    const name = JSON.parse(written) as string;
    level.at = name;
    const isUnknown = lastNames.has(name.slice(name.lastIndexOf('.') + 1)) && unknown.has(pathOf(levels));
    if (isUnknown) {
      errors.add(`unknown field ${JSON.stringify(pathOf(levels))}`);
      skipFrom = levels.length;
    } else if (level.keys?.has(name)) errors.add(`duplicate field ${JSON.stringify(pathOf(levels))}`);
    level.keys?.add(name);
  }
}

function pathOf(levels: readonly Level[]): string {
  let path = '';
  for (const { at } of levels) path += typeof at === 'number' ? `[${at}]` : path === '' ? at : `.${at}`;
  return path;
}
