/** etcd's failures as the store's. The one place that looks at what etcd says. */
import { EtcdLeaseInvalidError, GRPCInvalidArgumentError, GRPCOutOfRangeError, GRPCResourceExhastedError } from 'etcd3';
import { Compacted, StoreUnavailable, ValueTooLarge } from '../store.ts';

/** The lease of a write is gone: it ran out, or etcd has been restored from before its time. */
export class LeaseGone extends Error {
  override readonly name = 'LeaseGone';
}

/** Never returns: throws the typed error. */
export function throwStoreError(error: unknown): never {
  const cause = { cause: error };
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof GRPCOutOfRangeError) throw new Compacted('the revision has been compacted', cause);
  if (error instanceof EtcdLeaseInvalidError) throw new LeaseGone(message, cause);
  // Codes that etcd and gRPC share among many causes; etcd's words are fixed in its api/v3rpc/rpctypes.
  if (error instanceof GRPCInvalidArgumentError && message.includes('request is too large')) throw new ValueTooLarge(tooLarge, cause);
  if (error instanceof GRPCResourceExhastedError && message.includes('larger than max')) throw new ValueTooLarge(tooLarge, cause);
  throw new StoreUnavailable(`etcd: ${message}`, cause);
}

const tooLarge = 'the object is larger than the store takes';
