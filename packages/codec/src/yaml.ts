/**
 * YAML as kubectl and the apiserver read it: version 1.1 scalars (`yes`, `on`, `0777`), but neither base-60 numbers nor dates,
 * merge keys, and limits on aliases.
 */
import { Composer, type Document, isAlias, isCollection, isScalar, LineCounter, type Tags, visit, type YAMLError } from 'yaml';
import { DecodeError } from './decode-error.ts';
import { maxStrictErrors } from './json-scan.ts';
import { maxYamlDepth, yamlTokens } from './yaml-tokens.ts';

/** Tags of YAML 1.1 that go-yaml leaves as text. */
const foreign = new Set(['binary', 'omap', 'pairs', 'set', 'timestamp'].map((name) => `tag:yaml.org,2002:${name}`));
const float = 'tag:yaml.org,2002:float';
/** A number has digits before its exponent and beside its point: `e1` and `.` are text. */
const digits = '[-+]?(?:[0-9][0-9_]*\\.[0-9_]*|\\.[0-9][0-9_]*|[0-9][0-9_]*)';
const withPoint = new RegExp(`^(?=.*\\.)${digits}$`);
const withExponent = new RegExp(`^${digits}[eE][-+]?[0-9]+$`);
const options = {
  version: '1.1' as const,
  schema: 'yaml-1.1' as const,
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: 'silent' as const,
  customTags: (tags: Tags): Tags =>
    tags
      .filter((tag) => typeof tag === 'string' || !(foreign.has(tag.tag) || tag.format === 'TIME'))
      .map((tag) => {
        if (typeof tag === 'string' || tag.tag !== float || tag.collection !== undefined) return tag;
        if (tag.format === 'EXP') return { ...tag, test: withExponent };
        return tag.test?.test('1.5') ? { ...tag, test: withPoint } : tag;
      }),
};

/** A document that could be read. */
export interface YamlDocument {
  /** Null where the text is empty. */
  value: unknown;
  /** Keys that one of its mappings names twice, in go-yaml's words: `line 5: key "name" already set in map`. */
  duplicateKeys: string[];
}

/** Reads one document, of several the first, of not more than `limit` parts. Throws DecodeError: `yaml: line 3: …`. */
export function readYaml(text: string, limit = Number.POSITIVE_INFINITY): YamlDocument {
  const lines = new LineCounter();
  for (const document of new Composer(options).compose(yamlTokens(text, { lines, limit }), true, text.length)) {
    const duplicateKeys = checkKeys(document, lines);
    return { value: toValue(document, lines), duplicateKeys };
  }
  return { value: null, duplicateKeys: [] };
}

/** The value of one document; empty text is null. Throws DecodeError. */
export const parseYaml = (text: string): unknown => readYaml(text).value;

/** Reads a stream of documents divided by `---`, leaving out empty ones. Throws DecodeError. */
export function parseYamlDocuments(text: string): unknown[] {
  const lines = new LineCounter();
  const documents = [...new Composer(options).compose(yamlTokens(text, { lines, limit: Number.POSITIVE_INFINITY }))];
  return documents
    .map((document) => {
      checkKeys(document, lines);
      return toValue(document, lines);
    })
    .filter((value) => value !== null);
}

/** Returns the keys named twice. Throws DecodeError on one that isn't a scalar. */
function checkKeys(document: Document.Parsed, lines: LineCounter): string[] {
  const found: string[] = [];
  visit(document, {
    Map(_, { items }) {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        if (isCollection(key)) throw new DecodeError(`yaml: line ${lineOf(lines, key.range?.[0])}: invalid map key`);
        if (!isScalar(key) || key.value === '<<') continue;
        if (seen.has(key.value) && found.length < maxStrictErrors)
          found.push(`line ${lineOf(lines, key.range?.[0])}: key ${JSON.stringify(key.value)} already set in map`);
        seen.add(key.value);
      }
    },
  });
  return found;
}

function toValue(document: Document.Parsed, lines: LineCounter): unknown {
  const [error] = document.errors;
  if (error) throw new DecodeError(yamlMessage(error, lines));
  try {
    return unshared(document.toJS({ maxAliasCount: 100 }), 0);
  } catch (cause) {
    if (cause instanceof ReferenceError) {
      const excessive = cause.message.startsWith('Excessive alias count');
      throw new DecodeError(excessive ? 'yaml: document contains excessive aliasing' : `yaml: ${unknownAnchor(document)}`);
    }
    if (cause instanceof Error && cause.message.startsWith('Merge sources'))
      throw new DecodeError('yaml: map merge requires map or sequence of maps as the value');
    throw cause;
  }
}

/** Aliased parts copied, keys as text, as they would come from JSON. */
function unshared(value: unknown, depth: number): unknown {
  if (depth > maxYamlDepth) throw new DecodeError(`yaml: exceeded max depth of ${maxYamlDepth}`);
  if (Array.isArray(value)) return value.map((item) => unshared(item, depth + 1));
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object' || value === null) return value ?? null;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unshared(item, depth + 1)]));
}

function unknownAnchor(document: Document.Parsed): string {
  const alias = document.contents && isAlias(document.contents) ? document.contents.source : '';
  return `unknown anchor '${alias}' referenced`;
}

const problems: Record<string, string> = {
  BAD_ALIAS: 'did not find expected alphabetic or numeric character',
  BAD_INDENT: 'did not find expected key',
  BLOCK_AS_IMPLICIT_KEY: 'mapping values are not allowed in this context',
  BLOCK_IN_FLOW: 'did not find expected node content',
  KEY_OVER_1024_CHARS: "could not find expected ':'",
  MISSING_CHAR: "could not find expected ':'",
  MULTILINE_IMPLICIT_KEY: "could not find expected ':'",
  TAB_AS_INDENT: 'found character that cannot start any token',
  UNEXPECTED_TOKEN: 'did not find expected node content',
};

function yamlMessage(error: YAMLError, lines: LineCounter): string {
  const problem = problems[error.code] ?? `${error.message.charAt(0).toLowerCase()}${error.message.slice(1)}`;
  return `yaml: line ${lineOf(lines, error.pos[0])}: ${problem}`;
}

const lineOf = (lines: LineCounter, offset = 0): number => lines.linePos(offset).line;
