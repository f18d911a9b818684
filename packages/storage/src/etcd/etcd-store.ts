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
import { bytesOf, compaction, type KeyValueMessage, leaseGrant, type Operation, type RangeRequest, range, txn } from './messages.ts';
import { watchEtcd } from './watch.ts';

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
    const written = await this.#transact(key, revision, { request_delete_range: { key: Buffer.from(key) } });
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
    const put = { key: Buffer.from(key), value };
    if (ttlSeconds === undefined) return this.#transact(key, revision, { request_put: put });
    for (let isRetry = false; ; isRetry = true) {
      const lease = await this.#leases.get(ttlSeconds).catch(throwStoreError);
      try {
        return await this.#transact(key, revision, { request_put: { ...put, lease } });
      } catch (error) {
        if (!(error instanceof LeaseGone)) throw error;
        this.#leases.forget(ttlSeconds);
        if (isRetry) throw new StoreUnavailable(error.message, { cause: error });
      }
    }
  }

  /** One write if the key is at `revision` (0: absent), else what is there. */
  async #transact(key: string, revision: number, write: Operation): Promise<Outcome> {
    const keyBytes = Buffer.from(key);
    const request = {
      compare: [{ target: 2 as const, result: 0 as const, key: keyBytes, mod_revision: revision }],
      success: [write],
      failure: [{ request_range: { key: keyBytes } }],
    };
    const answer = await this.#client.call(txn, request, { timeout: this.#timeout }).catch(throwStoreError);
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
