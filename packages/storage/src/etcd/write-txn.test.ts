import assert from 'node:assert/strict';
import { test } from 'node:test';
import protobuf from 'protobufjs';
import { encodeWriteTxn } from './write-txn.ts';

const { root } = protobuf.parse(
  `syntax = "proto3";
  message RangeRequest { bytes key = 1; bytes range_end = 2; }
  message PutRequest { bytes key = 1; bytes value = 2; int64 lease = 3; }
  message DeleteRangeRequest { bytes key = 1; bytes range_end = 2; }
  message RequestOp { oneof request { RangeRequest request_range = 1; PutRequest request_put = 2; DeleteRangeRequest request_delete_range = 3; } }
  message Compare { int32 result = 1; int32 target = 2; bytes key = 3; int64 mod_revision = 6; bytes range_end = 64; }
  message TxnRequest { repeated Compare compare = 1; repeated RequestOp success = 2; repeated RequestOp failure = 3; }`,
  { keepCase: true },
);
const request = root.lookupType('TxnRequest');
const read = (bytes: Uint8Array): unknown => request.toObject(request.decode(bytes), { longs: Number, bytes: String, defaults: true });

test('the transaction of a write is what the schema makes of it', () => {
  for (const key of ['/registry/pods/d/web', `/registry/x/${'k'.repeat(300)}`, '/registry/é'])
    for (const revision of [0, 1, 127, 128, 300, 2 ** 31, 2 ** 40 + 1])
      for (const put of [
        undefined,
        { value: Buffer.from('{}') },
        { value: Buffer.alloc(70_000, 'v') },
        { value: Buffer.alloc(0), lease: 7_587_869_271_612_345 },
      ]) {
        const [keyBytes, lease] = [Buffer.from(key), put?.lease];
        const operation = put
          ? { request_put: { key: keyBytes, value: put.value, ...(lease !== undefined && { lease }) } }
          : { request_delete_range: { key: keyBytes } };
        const expected = request.fromObject({
          compare: [{ target: 2, result: 0, key: keyBytes, mod_revision: revision }],
          success: [operation],
          failure: [{ request_range: { key: keyBytes } }],
        });
        assert.deepEqual(
          read(encodeWriteTxn({ key, revision, put })),
          read(request.encode(expected).finish()),
          `${key.slice(0, 20)} ${revision} ${put?.value.length}`,
        );
      }
});
