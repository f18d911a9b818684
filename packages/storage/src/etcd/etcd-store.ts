import {
  KeyExists,
  type KeyValue,
  type ListOptions,
  type Page,
  RevisionMismatch,
  type Store,
  StoreUnavailable,
  type WriteOptions,
} from '../store.ts';
import { LeaseGone, throwStoreError } from './errors.ts';
import { EtcdClient, type EtcdOptions } from './etcd-client.ts';
import { LeasePool } from './lease-pool.ts';
import { bytesOf, compaction, type KeyValueMessage, leaseGrant, type RangeRequest, range, txn } from './messages.ts';
import { watchEtcd } from './watch.ts';
import type { WriteTxn } from './write-txn.ts';

/** The revision written, or what stood against it. */
type Outcome = number | { current: KeyValue | undefined };

/** Lists may carry the whole store. Milliseconds. */
const listTimeout = 60_000;

/** The store on etcd 3.4 and later, over gRPC. */
export class EtcdStore implements Store {
  readonly #client: EtcdClient;
  readonly #leases: LeasePool;
  readonly #timeout: number;

  constructor(options: EtcdOptions) {
    const timeout = options.timeout ?? 5000;
    this.#timeout = timeout;
    this.#client = new EtcdClient(options);
    this.#leases = new LeasePool({ grant: (lease) => this.#client.call(leaseGrant, lease, { timeout }) });
  }

  async get(key: string): Promise<KeyValue | undefined> {
    const { kvs } = await this.#range({ key: Buffer.from(key) });
    return kvs[0] && fromKv(kvs[0]);
  }

  async list(prefix: string, { limit, from = prefix, revision }: ListOptions = {}): Promise<Page> {
    const request = {
      key: Buffer.from(from),
      range_end: prefixEnd(prefix),
      ...(limit !== undefined && { limit }),
      ...(revision !== undefined && { revision }),
    };
    const { kvs, more, count, header } = await this.#range(request, listTimeout);
    return { items: kvs.map(fromKv), revision: revision ?? Number(header.revision), more, count: Number(count) };
  }

  async currentRevision(): Promise<number> {
    const { header } = await this.#range({ key: Buffer.from('/'), count_only: true });
    return Number(header.revision);
  }

  async create(key: string, value: Buffer, options: WriteOptions = {}): Promise<number> {
    const written = await this.#put({ key, value, revision: 0, ...options });
    if (typeof written === 'number') return written;
    throw new KeyExists(`${key} exists`);
  }

  async update(key: string, value: Buffer, revision: number, options: WriteOptions = {}): Promise<number> {
    const written = await this.#put({ key, value, revision, ...options });
    if (typeof written === 'number') return written;
    throw new RevisionMismatch(key, written.current);
  }

  async delete(key: string, revision: number): Promise<number> {
    const written = await this.#transact({ key, revision, put: undefined });
    if (typeof written === 'number') return written;
    throw new RevisionMismatch(key, written.current);
  }

  watch(options: Parameters<Store['watch']>[0]): Promise<void> {
    return watchEtcd(this.#client, options);
  }

  async compact(revision: number): Promise<void> {
    await this.#client.call(compaction, { revision }, { timeout: this.#timeout }).catch(throwStoreError);
  }

  close(): void {
    this.#client.close();
  }

  async #put({ key, value, revision, ttlSeconds }: WriteOptions & { key: string; value: Buffer; revision: number }): Promise<Outcome> {
    if (ttlSeconds === undefined) return this.#transact({ key, revision, put: { value } });
    for (let isRetry = false; ; isRetry = true) {
      const lease = await this.#leases.get(ttlSeconds).catch(throwStoreError);
      try {
        return await this.#transact({ key, revision, put: { value, lease } });
      } catch (error) {
        if (!(error instanceof LeaseGone)) throw error;
        this.#leases.forget(ttlSeconds);
        if (isRetry) throw new StoreUnavailable(error.message, { cause: error });
      }
    }
  }

  /** One write if the key is at `revision` (0: absent), else what is there. */
  async #transact(write: WriteTxn): Promise<Outcome> {
    const answer = await this.#client.call(txn, write, { timeout: this.#timeout }).catch(throwStoreError);
    if (answer.succeeded) return Number(answer.header.revision);
    const kv = answer.responses[0]?.response_range?.kvs[0];
    return { current: kv && fromKv(kv) };
  }

  #range(request: RangeRequest, timeout = this.#timeout): Promise<ReturnType<typeof range.decode>> {
    return this.#client.call(range, request, { timeout, isRead: true }).catch(throwStoreError);
  }
}

const fromKv = ({ key, value, mod_revision }: KeyValueMessage): KeyValue => ({
  key: key.toString(),
  value: bytesOf(value),
  revision: Number(mod_revision),
});

/** The first key after all that begin with `prefix`. */
export function prefixEnd(prefix: string): Buffer {
  const end = Buffer.from(prefix);
  const last = end.length - 1;
  end.writeUInt8(end.readUInt8(last) + 1, last);
  return end;
}
