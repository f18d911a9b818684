import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withRemote } from './merge-v2.ts';

const ref = (name: string): object => ({ $ref: `#/definitions/${name}` });

test('paths of the group-version come with what they lead to; another type of the same name gets a name of its own', () => {
  const own = { swagger: '2.0', paths: { '/api/v1/': {} }, definitions: { Same: { type: 'string' }, Other: { type: 'string' } } };
  const openApiV2 = {
    paths: { '/apis/x.io/v1/things': { get: ref('Thing') }, '/apis/y.io/v1/z': { get: ref('Unused') }, '/version': {} },
    definitions: {
      Thing: { properties: { a: ref('Same'), b: ref('Other') } },
      Same: { type: 'string' },
      Other: { items: ref('Other') },
      Unused: {},
    },
  };
  assert.deepEqual(withRemote(own, { group: 'x.io', version: 'v1', freshness: 'Current', openApiV2 }), {
    swagger: '2.0',
    paths: { '/api/v1/': {}, '/apis/x.io/v1/things': { get: ref('Thing') } },
    definitions: {
      Same: { type: 'string' },
      Other: { type: 'string' },
      Thing: { properties: { a: ref('Same'), b: ref('Other_v2') } },
      Other_v2: { items: ref('Other_v2') },
    },
  });
});
