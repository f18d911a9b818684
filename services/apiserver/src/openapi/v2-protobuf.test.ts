import assert from 'node:assert/strict';
import { test } from 'node:test';
import protobuf from 'protobufjs';
import { encodeOpenApiV2 } from './v2-protobuf.ts';

/** Fields of a message by number; the last of each counts. */
function fields(message: Uint8Array): Map<number, Uint8Array> {
  const reader = protobuf.Reader.create(message);
  const found = new Map<number, Uint8Array>();
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if ((tag & 7) === 2) found.set(tag >>> 3, reader.bytes());
    else reader.skipType(tag & 7);
  }
  return found;
}

const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString();

test('definitions, their extensions and the parameters of operations stand where gnostic has them', () => {
  const bytes = encodeOpenApiV2({
    swagger: '2.0',
    info: { title: 'T', version: 'v1' },
    paths: { '/p': { patch: { parameters: [{ name: 'dryRun', in: 'query', type: 'string' }], responses: {}, 'x-verb': 'patch' } } },
    definitions: { 'io.Pod': { type: 'object', properties: { spec: { $ref: '#/definitions/io.Spec' } }, 'x-kinds': [{ kind: 'Pod' }] } },
  });
  const at = (message: Uint8Array | undefined, ...path: number[]): Uint8Array | undefined =>
    path.reduce<Uint8Array | undefined>((inner, number) => inner && fields(inner).get(number), message);
  const definition = at(bytes, 9, 1);
  assert.equal(text(at(definition, 1)), 'io.Pod');
  assert.equal(text(at(definition, 2, 22, 1)), 'object');
  assert.equal(text(at(definition, 2, 25, 1, 2, 1)), '#/definitions/io.Spec');
  assert.equal(text(at(definition, 2, 31, 2, 2)), '[{"kind":"Pod"}]');
  const patch = at(bytes, 8, 2, 2, 8);
  assert.equal(text(at(patch, 8, 1, 2, 3, 4)), 'dryRun');
  assert.deepEqual([...fields(patch ?? new Uint8Array()).keys()], [8, 9, 13]);
});
