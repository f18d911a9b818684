import { badRequest, formatApiVersion, invalid, invalidValue, parseApiVersion, type StatusError } from '@t8s/meta';
import { DecodeError } from './decode-error.ts';
import { type Decoded, interpreting, isCustom, jsonSource } from './decode-json.ts';
import { yamlSource } from './decode-yaml.ts';
import { jsonKind } from './mistyped.ts';
import { protobufSource } from './protobuf/decode-protobuf.ts';
import { completeRequired } from './required-fields.ts';

/** What the body of a request must be. */
export interface Expected {
  group: string;
  version: string;
  kind: string;
  /** Type of the schema; an object of a type without one (custom resources) is only parsed. */
  schema?: string;
  /** Other groups and versions have the same kind (DeleteOptions). */
  anyVersion?: boolean;
}

export interface Body {
  bytes: Uint8Array;
  format: 'json' | 'yaml' | 'protobuf';
  expected: Expected;
  /** Whether the API knows a kind, however it is asked for: decides in which words a foreign one is refused. */
  serves?(apiVersion: string, kind: string): boolean;
}

const sources = { json: jsonSource, yaml: yamlSource, protobuf: protobufSource };

/**
 * Reads the body of a create or update: canonical, with apiVersion, kind and required fields filled in where the client left them out.
 * Throws BadRequest in the words of apiserver's decoding.
 */
export function decodeObject(body: Body): Decoded {
  const { bytes, format, expected } = body;
  const source = sources[format](bytes);
  const root = unrecognizedOn(body, () => typed(source.root()));
  const found = identify(body, root);
  try {
    const { object, strictErrors } = source.finish(root, expected.schema);
    if (expected.schema !== undefined) completeRequired(object, expected.schema);
    object['apiVersion'] = formatApiVersion(expected);
    object['kind'] = expected.kind;
    return { object, strictErrors };
  } catch (error) {
    if (error instanceof DecodeError) throw badRequest(`${notHandled(found, expected)}: ${error.message}`);
    throw error;
  }
}

interface Found {
  apiVersion: string;
  version: string;
  kind: string;
}

const notHandled = (found: Found, expected: Expected): string =>
  `${found.kind} in version ${JSON.stringify(found.version)} cannot be handled as a ${expected.kind}`;

/** Which kind the body says it is; throws unless it is the expected one. */
function identify({ expected, serves }: Body, root: Record<string, unknown>): Found {
  const wanted = formatApiVersion(expected);
  const apiVersion = String(root['apiVersion'] || wanted);
  const found = { apiVersion, version: parseApiVersion(apiVersion).version, kind: String(root['kind'] || expected.kind) };
  const foreign = foreignKind(found, { expected, ...(serves && { serves }) });
  if (foreign === undefined) return found;
  const custom = isCustom(expected.schema);
  if (apiVersion !== wanted && (custom || serves?.(apiVersion, found.kind)))
    throw badRequest(`the API version in the data (${apiVersion}) does not match the expected API version (${wanted})`);
  // Custom resources are read before their kind is looked at.
  if (custom) throw foreignCustom(root, { group: expected.group, kind: found.kind }, expected.kind);
  throw badRequest(`${notHandled(found, expected)}: ${foreign}`);
}

function foreignCustom(root: Record<string, unknown>, found: { group: string; kind: string }, wanted: string): StatusError {
  const { name } = { ...(root['metadata'] as { name?: unknown } | undefined) };
  return invalid(found, String(name ?? ''), [invalidValue('kind', found.kind, `must be ${wanted}`)]);
}

/** Why an object of this kind is none of the expected one, in the words of apimachinery's scheme; undefined where it is. */
export function foreignKind(
  { apiVersion, kind }: { apiVersion: string; kind: string },
  { expected, serves }: Pick<Body, 'expected' | 'serves'>,
): string | undefined {
  if (kind === expected.kind && (apiVersion === formatApiVersion(expected) || expected.anyVersion)) return undefined;
  if (!serves?.(apiVersion, kind))
    return `no kind "${kind}" is registered for version "${apiVersion}" in scheme "pkg/api/legacyscheme/scheme.go:30"`;
  const internal = `${expected.group === '' ? 'core' : expected.group.split('.')[0]}.${expected.kind}`;
  return `converting (${parseApiVersion(apiVersion).version}.${kind}) to (${internal}): unknown conversion`;
}

/** Checks what says of which kind a body is, as apimachinery does before it reads the rest. */
function typed(root: Record<string, unknown>): Record<string, unknown> {
  for (const field of ['apiVersion', 'kind']) {
    const value = root[field];
    if (value !== undefined && value !== null && typeof value !== 'string')
      throw new DecodeError(`${interpreting}: json: cannot unmarshal ${jsonKind(value)} into Go struct field .${field} of type string`);
  }
  const apiVersion = String(root['apiVersion'] ?? '');
  if (apiVersion.split('/').length > 2) throw new DecodeError(`unexpected GroupVersion string: ${apiVersion}`);
  return root;
}

/** A failure to see even the kind of a body. */
function unrecognizedOn<T>({ bytes, expected }: Body, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw badRequest(`the object provided is unrecognized (must be of type ${expected.kind}): ${error.message} (${summary(bytes)})`);
  }
}

function summary(bytes: Uint8Array): string {
  const start = Buffer.from(bytes.subarray(0, 30));
  const more = bytes.length > 30 ? ' ...' : '';
  if (bytes.length === 0) return '<empty>';
  return start.toString(start[0] === 0x7b ? 'utf8' : 'hex') + more;
}
