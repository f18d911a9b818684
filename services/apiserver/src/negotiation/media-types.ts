/** What clients send and want: JSON and YAML, whole objects, tables or metadata alone. */
import { hasProtobuf } from '@t8s/codec';
import { notAcceptable, unsupportedMediaType } from '@t8s/meta';

export type Format = 'json' | 'yaml';
/** Whole objects, rows for people, or metadata only. */
export type Shape = 'object' | 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList';

export interface Accepted {
  format: Format;
  shape: Shape;
  /** Of meta.k8s.io, whose types the shapes are. */
  version: 'v1' | 'v1beta1';
}

const produced = ['application/json', 'application/yaml'];
const formats = new Map<string, Format>([
  ['application/json', 'json'],
  ['application/*', 'json'],
  ['*/*', 'json'],
  ['application/yaml', 'yaml'],
]);

/** Clients send few different headers: each is read once, up to a bound that only strange clients reach. */
const known = new Map<string, Accepted>();
const maxKnown = 500;

/** The first of the client's wishes, by weight, that can be met. Throws NotAcceptable. */
export function negotiate(accept = ''): Accepted {
  const seen = known.get(accept);
  if (seen) return seen;
  const accepted = chosen(accept);
  if (!accepted) throw notAcceptable(produced);
  if (known.size >= maxKnown) known.clear();
  known.set(accept, accepted);
  return accepted;
}

/** The same for an answer that goes on and on: only JSON can be read bit by bit. */
export const negotiateStream = (accept = ''): Accepted =>
  negotiateAmong(accept, { isWish: (wish) => !mediaType(wish).endsWith('yaml'), offered: ['application/json;stream=watch'] });

/** The same for what has no rows. */
export const negotiateRowless = (accept = ''): Accepted =>
  negotiateAmong(accept, { isWish: (wish) => parseWish(wish).as['as'] !== 'Table', offered: produced });

function negotiateAmong(accept: string, { isWish, offered }: { isWish: (wish: string) => boolean; offered: string[] }): Accepted {
  const wishes = accept.split(',').filter(isWish);
  const accepted = wishes.length === 0 ? undefined : (known.get(wishes.join()) ?? chosen(wishes.join()));
  if (!accepted) throw notAcceptable(offered);
  return accepted;
}

/** How a failure is told: JSON to whoever can't have what he wants. */
export const failureFormat = (accept = ''): Format => (known.get(accept) ?? chosen(accept))?.format ?? 'json';

function chosen(accept: string): Accepted | undefined {
  if (accept.trim() === '') return { format: 'json', shape: 'object', version: 'v1' };
  const wishes = accept.split(',').map(parseWish);
  for (const { type, as } of wishes.sort((a, b) => b.quality - a.quality)) {
    const format = formats.get(type);
    const shape = shapeOf(as);
    if (format && shape) return { format, shape, version: as['v'] === 'v1beta1' ? 'v1beta1' : 'v1' };
  }
  return undefined;
}

/** What typed Go clients send objects in, kubectl since 1.32 among them; they take the answer as JSON. */
const protobuf = 'application/vnd.kubernetes.protobuf';

/** The format of the body of a request, whose type of the schema may have no protobuf form. Throws UnsupportedMediaType. */
export function bodyFormat(contentType: string | undefined, schema?: string): Format | 'protobuf' {
  const type = contentType ? mediaType(contentType) : 'application/json';
  if (type === 'application/json') return 'json';
  if (type === 'application/yaml') return 'yaml';
  const takesProtobuf = schema === undefined || hasProtobuf(schema);
  if (type === protobuf && takesProtobuf) return 'protobuf';
  throw unsupportedMediaType(takesProtobuf ? [...produced, protobuf] : produced);
}

export const mediaType = (contentType: string | undefined): string => (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

function parseWish(text: string): { type: string; as: Record<string, string>; quality: number } {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim());
  const as = Object.fromEntries(parameters.map((p) => p.split('=', 2)).map(([key = '', value = '']) => [key, value]));
  const quality = Number(as['q'] ?? 1);
  return { type: type.toLowerCase(), as, quality: Number.isNaN(quality) ? 0 : quality };
}

const transformed: readonly string[] = ['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList'] satisfies Shape[];

function shapeOf({ as, g, v }: Record<string, string>): Shape | undefined {
  if (as === undefined) return g === undefined && v === undefined ? 'object' : undefined;
  if (g !== 'meta.k8s.io' || (v !== 'v1' && v !== 'v1beta1')) return undefined;
  return transformed.includes(as) ? (as as Shape) : undefined;
}
