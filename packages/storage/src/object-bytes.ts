/**
 * The JSON of an object, written once per version. In the store it has no resourceVersion, because the store gives that out
 * when it takes the write; what clients read has it spliced in at the start of metadata, without writing the rest again.
 */
import type { KubeObject, ManagedFieldsEntry } from '@t8s/meta';

const metadataStart = Buffer.from('"metadata":{');

/** For the store: kind and apiVersion first, then metadata without resourceVersion, then the rest as it comes. */
export function encodeObject(object: KubeObject): Buffer {
  const { kind, apiVersion, metadata, ...rest } = object;
  const { resourceVersion: _, managedFields, ...stored } = metadata;
  if (!managedFields) return Buffer.from(JSON.stringify({ kind, apiVersion, metadata: stored, ...rest }));
  const head = JSON.stringify({ kind, apiVersion, metadata: stored }).slice(0, -2);
  const tail = JSON.stringify(rest).slice(1);
  const entries = managedFields.map(entryText).join();
  return Buffer.from(`${head}${head.endsWith('{') ? '' : ','}"managedFields":[${entries}]}${tail === '}' ? '' : ','}${tail}`);
}

function entryText(entry: ManagedFieldsEntry): string {
  const { fieldsV1, ...rest } = entry;
  const text = JSON.stringify(rest);
  return fieldsV1 === undefined ? text : `${text.slice(0, -1)},"fieldsV1":${fieldsText(fieldsV1)}}`;
}

/** Sets of managed fields are never changed, objects of one template share theirs, and to write one costs as much as all else. */
const fieldsTexts = new Map<object, string>();
const maxTexts = 64;

function fieldsText(fields: object): string {
  const known = fieldsTexts.get(fields);
  if (known !== undefined) return known;
  if (fieldsTexts.size >= maxTexts) fieldsTexts.clear();
  const text = JSON.stringify(fields);
  fieldsTexts.set(fields, text);
  return text;
}

const nothing: Buffer = Buffer.alloc(0);

/**
 * What clients read: `stored` with its revision, between what goes `before` and `after`. Values that another program has laid out
 * differently are written anew. The buffer is its own allocation, since a slice of a shared pool would keep its neighbours in
 * memory for as long as the object lives. Throws SyntaxError for what is no object.
 */
export function withRevision(stored: Buffer, revision: number, { before = nothing, after = nothing } = {}): Buffer {
  const [canonical, at] = isOurs(stored) ? [stored, firstBrace(stored)] : reencode(stored, revision);
  const inserted = `"resourceVersion":"${revision}"${canonical[at] === closingBrace ? '' : ','}`;
  const bytes = Buffer.allocUnsafeSlow(before.length + canonical.length + inserted.length + after.length);
  let end = before.copy(bytes);
  end += canonical.copy(bytes, end, 0, at);
  end += bytes.write(inserted, end, 'latin1');
  end += canonical.copy(bytes, end, at);
  after.copy(bytes, end);
  return bytes;
}

const [openingBrace, closingBrace] = [0x7b, 0x7d];

/** Behind the first brace within the object: where its metadata begins. */
const firstBrace = (stored: Buffer): number => stored.indexOf(openingBrace, 1) + 1;

function isOurs(stored: Buffer): boolean {
  const at = firstBrace(stored);
  return at > metadataStart.length && stored.compare(metadataStart, 0, metadataStart.length, at - metadataStart.length, at) === 0;
}

function reencode(stored: Buffer, revision: number): [Buffer, number] {
  const encoded = encodeObject(decodeObject(stored, revision));
  return [encoded, encoded.indexOf(metadataStart) + metadataStart.length];
}

/** The object that `stored` holds, at `revision`. Throws SyntaxError. */
export function decodeObject<T extends KubeObject>(stored: Buffer, revision: number): T {
  const object = JSON.parse(stored.toString()) as T;
  if (typeof object?.metadata !== 'object' || object.metadata === null)
    throw new SyntaxError('the stored value is no object with metadata');
  object.metadata.resourceVersion = String(revision);
  return object;
}
