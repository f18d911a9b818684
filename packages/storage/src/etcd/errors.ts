/** etcd's failures as the store's. The one place that looks at what etcd says. */
import { Compacted, StoreUnavailable, ValueTooLarge } from '../store.ts';
import { GrpcError, grpcCode } from './grpc-channel.ts';

/** The lease of a write is gone: it ran out, or etcd has been restored from before its time. */
export class LeaseGone extends Error {
  override readonly name = 'LeaseGone';
}

/** Never returns: throws the typed error. */
export function throwStoreError(error: unknown): never {
  if (!(error instanceof GrpcError)) throw error;
  const { code, message } = error;
  const cause = { cause: error };
  // Codes that etcd shares among several causes are told apart by its words, which are fixed in its api/v3rpc/rpctypes.
  // Compacted, or of the future: of a time that this store doesn't have.
  if (code === grpcCode.outOfRange) throw new Compacted(message, cause);
  if (code === grpcCode.notFound && message.includes('lease not found')) throw new LeaseGone(message, cause);
  if (code === grpcCode.invalidArgument && message.includes('request is too large')) throw new ValueTooLarge(tooLarge, cause);
  if (code === grpcCode.resourceExhausted && message.includes('larger than max')) throw new ValueTooLarge(tooLarge, cause);
  throw new StoreUnavailable(`etcd: ${message}`, cause);
}

const tooLarge = 'the object is larger than the store takes';
