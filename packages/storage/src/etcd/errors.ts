/** etcd's failures as the store's. The one place that looks at what etcd says. */
import { Compacted, StoreUnavailable, ValueTooLarge } from '../store.ts';

/** gRPC codes with a meaning of their own here: https://grpc.io/docs/guides/status-codes/ */
const outOfRange = 11;
const invalidArgument = 3;
const resourceExhausted = 8;

/** Never returns: throws the typed error. */
export function throwStoreError(error: unknown): never {
  const { code, message = String(error) } = error as { code?: number; message?: string };
  // etcd3 wraps what it knows into classes without a code; the text is etcd's, fixed in its api/v3rpc/rpctypes.
  if (code === outOfRange || message.includes('required revision has been compacted'))
    throw new Compacted('the revision has been compacted', { cause: error });
  if (code === invalidArgument || message.includes('request is too large'))
    throw new ValueTooLarge('the object is larger than the store takes', { cause: error });
  if (code === resourceExhausted && message.includes('larger than max'))
    throw new ValueTooLarge('the object is larger than the store takes', { cause: error });
  throw new StoreUnavailable(`etcd: ${message}`, { cause: error });
}
