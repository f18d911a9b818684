/**
 * The JSON of an object, written once per version. In the store it has no resourceVersion, because the store gives that out
 * when it takes the write; what clients read has it spliced in at the start of metadata, without writing the rest again.
 */
import type { KubeObject } from '@t8s/meta';

const metadataStart = Buffer.from('"metadata":{');

/** For the store: kind and apiVersion first, then metadata without resourceVersion, then the rest as it comes. */
export function encodeObject(object: KubeObject): Buffer {
  const { kind, apiVersion, metadata, ...rest } = object;
  const { resourceVersion: _, ...stored } = metadata;
  return Buffer.from(JSON.stringify({ kind, apiVersion, metadata: stored, ...rest }));
}

/** What clients read: `stored` with its revision. Objects in the store always have a name, so metadata is never empty. */
export function withRevision(stored: Buffer, revision: number): Buffer {
  const at = stored.indexOf(metadataStart) + metadataStart.length;
  return Buffer.concat([stored.subarray(0, at), Buffer.from(`"resourceVersion":"${revision}",`), stored.subarray(at)]);
}

/** The object that `stored` holds, at `revision`. */
export function decodeObject<T extends KubeObject>(stored: Buffer, revision: number): T {
  const object = JSON.parse(stored.toString()) as T;
  object.metadata.resourceVersion = String(revision);
  return object;
}
