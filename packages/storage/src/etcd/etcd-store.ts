import type { Etcd3 } from 'etcd3';
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
import { connect, type EtcdOptions } from './connection.ts';
import { LeaseGone, throwStoreError } from './errors.ts';
import { LeasePool } from './lease-pool.ts';
import { watchEtcd } from './watch.ts';

type RangeKv = { key: Buffer; value: Buffer; mod_revision: string };
/** The revision written, or what stood against it. */
type Outcome = number | { current: KeyValue | undefined };

/** Lists may carry the whole store. Milliseconds. */
const listTimeout = 60_000;

/** The store on etcd 3.4 and later, over gRPC. */
export class EtcdStore implements Store {
  readonly #client: Etcd3;
  readonly #leases: LeasePool;
  readonly #timeout: number;
  readonly #endpoints: number;

  constructor(options: EtcdOptions) {
    this.#timeout = options.timeout ?? 5000;
    this.#endpoints = options.endpoints.length;
    this.#client = connect(options);
    this.#leases = new LeasePool({ client: this.#client, timeout: this.#timeout });
  }

  async get(key: string): Promise<KeyValue | undefined> {
    const { kvs } = await this.#read((deadline) => this.#client.kv.range({ key: Buffer.from(key) }, deadline));
    return kvs[0] && fromKv(kvs[0]);
  }

  async list(prefix: string, { limit, from = prefix, revision }: ListOptions = {}): Promise<Page> {
    const request = {
      key: Buffer.from(from),
      range_end: prefixEnd(prefix),
      ...(limit !== undefined && { limit }),
      ...(revision !== undefined && { revision }),
    };
    const { kvs, more, header } = await this.#read((deadline) => this.#client.kv.range(request, deadline), listTimeout);
    return { items: kvs.map(fromKv), revision: revision ?? Number(header.revision), more };
  }

  async currentRevision(): Promise<number> {
    const { header } = await this.#read((deadline) => this.#client.kv.range({ key: Buffer.from('/'), count_only: true }, deadline));
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
    await this.#client.kv.compact({ revision }, this.#deadline()).catch(throwStoreError);
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
  async #transact(key: string, revision: number, write: object): Promise<Outcome> {
    const keyBytes = Buffer.from(key);
    const request = {
      compare: [{ target: 'Mod' as const, result: 'Equal' as const, key: keyBytes, mod_revision: revision }],
      success: [write],
      failure: [{ request_range: { key: keyBytes } }],
    };
    const answer = await this.#client.kv.txn(request, this.#deadline()).catch(throwStoreError);
    if (answer.succeeded) return Number(answer.header.revision);
    const kv = answer.responses[0]?.response_range.kvs[0];
    return { current: kv && fromKv(kv) };
  }

  /** Reads change nothing: another endpoint may answer what one could not. */
  async #read<T>(call: (options: { deadline: number }) => Promise<T>, timeout = this.#timeout): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await call(this.#deadline(timeout)).catch(throwStoreError);
      } catch (error) {
        if (!(error instanceof StoreUnavailable) || tries >= this.#endpoints) throw error;
      }
    }
  }

  #deadline(ms = this.#timeout): { deadline: number } {
    return { deadline: Date.now() + ms };
  }
}

const fromKv = ({ key, value, mod_revision }: RangeKv): KeyValue => ({ key: key.toString(), value, revision: Number(mod_revision) });

/** The first key after all that begin with `prefix`. */
export function prefixEnd(prefix: string): Buffer {
  const end = Buffer.from(prefix);
  const last = end.length - 1;
  end.writeUInt8(end.readUInt8(last) + 1, last);
  return end;
}
