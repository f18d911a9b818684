/**
 * YAML as kubectl and the apiserver read it: version 1.1 scalars (`yes`, `on`, `0777`), but neither base-60 numbers nor dates,
 * merge keys, and limits on aliases.
 */
import { type Document, isAlias, parseAllDocuments, parseDocument, type Tags, type YAMLError } from 'yaml';
import { DecodeError } from './decode-error.ts';
import { maxDepth } from './json-scan.ts';

/** Tags of YAML 1.1 that go-yaml leaves as text. */
const foreign = new Set(['binary', 'omap', 'pairs', 'set', 'timestamp'].map((name) => `tag:yaml.org,2002:${name}`));
const options = {
  version: '1.1' as const,
  schema: 'yaml-1.1' as const,
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: 'silent' as const,
  customTags: (tags: Tags): Tags => tags.filter((tag) => typeof tag === 'string' || !(foreign.has(tag.tag) || tag.format === 'TIME')),
};

/** Reads one document; empty text is null. Throws DecodeError: `yaml: line 3: …`. */
export function parseYaml(text: string): unknown {
  return toValue(parseDocument(text, options), text);
}

/** Reads a stream of documents divided by `---`, leaving out empty ones. Throws DecodeError. */
export function parseYamlDocuments(text: string): unknown[] {
  const documents = parseAllDocuments(text, options);
  return Array.isArray(documents) ? documents.map((d) => toValue(d, text)).filter((value) => value !== null) : [];
}

/** Keys that a mapping of `text` names twice, in go-yaml's words. */
export function duplicateYamlKeys(text: string): string[] {
  const { errors } = parseDocument(text, { ...options, uniqueKeys: true });
  return errors
    .filter((e) => e.code === 'DUPLICATE_KEY')
    .map((e) => `line ${lineOf(text, e.pos[0])}: key ${keyAt(text, e.pos[0])} already set in map`);
}

function toValue(document: Document.Parsed, text: string): unknown {
  const [error] = document.errors;
  if (error) throw new DecodeError(yamlMessage(error, text));
  try {
    return unshared(document.toJS({ maxAliasCount: 100 }), 0);
  } catch (cause) {
    if (cause instanceof ReferenceError) {
      const excessive = cause.message.startsWith('Excessive alias count');
      throw new DecodeError(excessive ? 'yaml: document contains excessive aliasing' : `yaml: ${unknownAnchor(document)}`);
    }
    throw cause;
  }
}

/** Aliased parts copied, keys as text, as they would come from JSON. */
function unshared(value: unknown, depth: number): unknown {
  if (depth > maxDepth) throw new DecodeError('yaml: exceeded max depth of 1000');
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

function yamlMessage(error: YAMLError, text: string): string {
  const problem = problems[error.code] ?? `${error.message.charAt(0).toLowerCase()}${error.message.slice(1)}`;
  return `yaml: line ${lineOf(text, error.pos[0])}: ${problem}`;
}

const lineOf = (text: string, at: number): number => text.slice(0, at).split('\n').length;
const keyAt = (text: string, at: number): string =>
  `"${/^(?:"([^"\n]*)"|'([^'\n]*)'|([^:\n]*))/.exec(text.slice(at))?.slice(1).join('').trim() ?? ''}"`;
