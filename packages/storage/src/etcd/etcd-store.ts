import { Etcd3 } from 'etcd3';
import { KeyExists, type KeyValue, type ListOptions, type Page, RevisionMismatch, type Store, type WriteOptions } from '../store.ts';
import { throwStoreError } from './errors.ts';
import { LeasePool } from './lease-pool.ts';
import { watchEtcd } from './watch.ts';

export interface EtcdOptions {
  /** `https://host:port`, one or more. */
  endpoints: readonly string[];
  /** PEM texts: the CA of etcd's certificates, and our client certificate with its key. */
  ca?: string;
  cert?: string;
  key?: string;
  /** How long a call may take before etcd counts as away. Milliseconds. */
  timeout?: number;
}

type RangeKv = { key: Buffer; value: Buffer; mod_revision: string };

/** The store on etcd 3.4 and later, over gRPC. */
export class EtcdStore implements Store {
  readonly #client: Etcd3;
  readonly #leases: LeasePool;
  readonly #timeout: number;

  constructor({ endpoints, ca, cert, key, timeout = 5000 }: EtcdOptions) {
    const credentials =
      ca === undefined
        ? undefined
        : {
            rootCertificate: Buffer.from(ca),
            ...(key !== undefined && { privateKey: Buffer.from(key) }),
            ...(cert !== undefined && { certChain: Buffer.from(cert) }),
          };
    const grpcOptions = {
      'grpc.max_receive_message_length': -1,
      'grpc.max_send_message_length': -1,
      'grpc.initial_reconnect_backoff_ms': 100,
      'grpc.max_reconnect_backoff_ms': 2000,
    };
    this.#client = new Etcd3({ hosts: [...endpoints], grpcOptions, ...(credentials && { credentials }) });
    this.#leases = new LeasePool(this.#client);
    this.#timeout = timeout;
  }

  async get(key: string): Promise<KeyValue | undefined> {
    const { kvs } = await this.#client.kv.range({ key: Buffer.from(key) }, this.#deadline()).catch(throwStoreError);
    return kvs[0] && fromKv(kvs[0]);
  }

  async list(prefix: string, { limit, from = prefix, revision }: ListOptions = {}): Promise<Page> {
    const request = {
      key: Buffer.from(from),
      range_end: prefixEnd(prefix),
      ...(limit !== undefined && { limit }),
      ...(revision !== undefined && { revision }),
    };
    const { kvs, more, header } = await this.#client.kv.range(request, this.#deadline(60_000)).catch(throwStoreError);
    return { items: kvs.map(fromKv), revision: revision ?? Number(header.revision), more };
  }

  async currentRevision(): Promise<number> {
    const { header } = await this.#client.kv.range({ key: Buffer.from('/'), count_only: true }, this.#deadline()).catch(throwStoreError);
    return Number(header.revision);
  }

  async create(key: string, value: Buffer, options: WriteOptions = {}): Promise<number> {
    const written = await this.#write(key, value, 0, options);
    if (typeof written === 'number') return written;
    throw new KeyExists(`${key} exists`);
  }

  async update(key: string, value: Buffer, revision: number, options: WriteOptions = {}): Promise<number> {
    const written = await this.#write(key, value, revision, options);
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

  /** Drops history before `revision`, once for any number of callers at the same time. */
  async compact(revision: number): Promise<void> {
    await this.#client.kv.compact({ revision }, this.#deadline()).catch(throwStoreError);
  }

  close(): void {
    this.#client.close();
  }

  async #write(
    key: string,
    value: Buffer,
    revision: number,
    { ttlSeconds }: WriteOptions,
  ): Promise<number | { current: KeyValue | undefined }> {
    const lease = ttlSeconds === undefined ? undefined : await this.#leases.get(ttlSeconds).catch(throwStoreError);
    return this.#transact(key, revision, { request_put: { key: Buffer.from(key), value, ...(lease !== undefined && { lease }) } });
  }

  /** One write if the key is at `revision` (0: absent), else what is there. */
  async #transact(key: string, revision: number, write: object): Promise<number | { current: KeyValue | undefined }> {
    const keyBytes = Buffer.from(key);
    const answer = await this.#client.kv
      .txn(
        {
          compare: [{ target: 'Mod', result: 'Equal', key: keyBytes, mod_revision: revision }],
          success: [write],
          failure: [{ request_range: { key: keyBytes } }],
        },
        this.#deadline(),
      )
      .catch(throwStoreError);
    if (answer.succeeded) return Number(answer.header.revision);
    const kv = answer.responses[0]?.response_range.kvs[0];
    return { current: kv && fromKv(kv) };
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
