import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isStatus } from '@t8s/meta';
import { bodyFormat, negotiate, negotiateStream } from './media-types.ts';

test('the first wish that can be met counts', () => {
  const cases: [accept: string | undefined, format: string, shape: string][] = [
    [undefined, 'json', 'object'],
    ['*/*', 'json', 'object'],
    ['application/yaml', 'yaml', 'object'],
    ['application/vnd.kubernetes.protobuf,application/json', 'json', 'object'],
    ['application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json', 'json', 'Table'],
    [
      'application/vnd.kubernetes.protobuf;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
      'json',
      'PartialObjectMetadataList',
    ],
    ['application/json;q=0.5, application/yaml', 'yaml', 'object'],
  ];
  for (const [accept, format, shape] of cases) assert.deepEqual(negotiate(accept), { format, shape, version: 'v1' }, accept);
  for (const accept of [
    'application/vnd.kubernetes.protobuf',
    'text/html',
    'constructor',
    '__proto__;q=1',
    ';;,,q=',
    'application/json;as=Chair;g=meta.k8s.io;v=v1',
  ])
    assert.throws(
      () => negotiate(accept),
      (e) => isStatus(e, 'NotAcceptable'),
      accept,
    );
});

test('what goes on and on is JSON only', () => {
  assert.deepEqual(negotiateStream('application/yaml,*/*'), { format: 'json', shape: 'object', version: 'v1' });
  for (const accept of ['application/yaml', 'application/vnd.kubernetes.protobuf;stream=watch'])
    assert.throws(() => negotiateStream(accept), { message: 'only the following media types are accepted: application/json;stream=watch' });
});

test('bodies are JSON unless they say otherwise', () => {
  assert.equal(bodyFormat(undefined), 'json');
  assert.equal(bodyFormat('application/json; charset=utf-8'), 'json');
  assert.equal(bodyFormat('application/yaml'), 'yaml');
  assert.equal(bodyFormat('application/vnd.kubernetes.protobuf'), 'protobuf');
  assert.equal(bodyFormat('application/vnd.kubernetes.protobuf', 'Pod'), 'protobuf');
  assert.throws(() => bodyFormat('application/vnd.kubernetes.protobuf', 'com.example.v1.Thing'), {
    message: 'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml',
  });
  for (const type of ['text/plain', ';;;', 'constructor', 'application/json, text/plain'])
    assert.throws(
      () => bodyFormat(type),
      (e) => isStatus(e, 'UnsupportedMediaType'),
      type,
    );
});
