/** The part of etcd's API (v3, package etcdserverpb) that the store speaks. Fields it doesn't read are skipped when decoded. */
import protobuf from 'protobufjs';
import { encodeWriteTxn, type WriteTxn } from './write-txn.ts';

const schema = `
  syntax = "proto3";
  message ResponseHeader { int64 revision = 3; }
  message KeyValue { bytes key = 1; int64 mod_revision = 3; bytes value = 5; }
  message RangeRequest { bytes key = 1; bytes range_end = 2; int64 limit = 3; int64 revision = 4; bool count_only = 9; }
  message RangeResponse { ResponseHeader header = 1; repeated KeyValue kvs = 2; bool more = 3; int64 count = 4; }
  message ResponseOp { oneof response { RangeResponse response_range = 1; } }
  message TxnResponse { ResponseHeader header = 1; bool succeeded = 2; repeated ResponseOp responses = 3; }
  message CompactionRequest { int64 revision = 1; }
  message CompactionResponse { ResponseHeader header = 1; }
  message LeaseGrantRequest { int64 TTL = 1; int64 ID = 2; }
  message LeaseGrantResponse { int64 ID = 2; string error = 4; }
  message WatchCreateRequest { bytes key = 1; bytes range_end = 2; int64 start_revision = 3; }
  message WatchRequest { oneof request_union { WatchCreateRequest create_request = 1; } }
  message Event { int32 type = 1; KeyValue kv = 2; }
  message WatchResponse { ResponseHeader header = 1; bool canceled = 4; int64 compact_revision = 5; string cancel_reason = 6; repeated Event events = 11; }
`;
const { root } = protobuf.parse(schema, { keepCase: true });

/** A 64-bit integer: a number, or an object that Number() reads. All of them here are below 2⁵³. */
type Int64 = number | object;

/** A field of bytes that is empty is left out of a message, and decoded as an empty array. */
export const bytesOf = (field: Buffer | readonly never[]): Buffer => (Buffer.isBuffer(field) ? field : Buffer.alloc(0));

export interface KeyValueMessage {
  key: Buffer;
  value: Buffer | readonly never[];
  mod_revision: Int64;
}

interface Header {
  header: { revision: Int64 };
}

export interface RangeRequest {
  key: Buffer;
  range_end?: Buffer;
  limit?: number;
  revision?: number;
  count_only?: boolean;
}

export interface WatchResponse extends Header {
  canceled: boolean;
  compact_revision: Int64;
  cancel_reason: string;
  /** `type` 0 is a put, 1 a deletion. */
  events: { type: 0 | 1; kv: KeyValueMessage }[];
}

/** A method of etcd's API: its path and how its messages are written and read. */
export interface Method<Request, Response> {
  path: string;
  encode(request: Request): Uint8Array;
  decode(bytes: Buffer): Response;
}

function method<Request extends object, Response>(path: string, request: string, response: string): Method<Request, Response> {
  const [written, read] = [root.lookupType(request), root.lookupType(response)];
  return {
    path: `/etcdserverpb.${path}`,
    encode: (message) => written.encode(message).finish(),
    decode: (bytes) => read.decode(bytes) as unknown as Response,
  };
}

export const range = method<RangeRequest, Header & { kvs: KeyValueMessage[]; more: boolean; count: Int64 }>(
  'KV/Range',
  'RangeRequest',
  'RangeResponse',
);
const txnResponse = root.lookupType('TxnResponse');
export const txn: Method<WriteTxn, Header & { succeeded: boolean; responses: { response_range?: { kvs: KeyValueMessage[] } }[] }> = {
  path: '/etcdserverpb.KV/Txn',
  encode: encodeWriteTxn,
  decode: (bytes) => txnResponse.decode(bytes) as unknown as ReturnType<typeof txn.decode>,
};
export const compaction = method<{ revision: number }, Header>('KV/Compact', 'CompactionRequest', 'CompactionResponse');
export const leaseGrant = method<{ TTL: number; ID: number }, { error: string }>(
  'Lease/LeaseGrant',
  'LeaseGrantRequest',
  'LeaseGrantResponse',
);
export const watching = method<{ create_request: { key: Buffer; range_end: Buffer; start_revision: number } }, WatchResponse>(
  'Watch/Watch',
  'WatchRequest',
  'WatchResponse',
);
