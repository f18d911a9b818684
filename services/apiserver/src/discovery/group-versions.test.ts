import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServedResource } from '../context.ts';
import { groupVersionsOf } from './group-versions.ts';

test('groups of custom resources come after the built-in ones, by name', () => {
  const served = (group: string, version: string): ServedResource => ({ kind: { group, version } }) as ServedResource;
  const offer = [
    served('z.example.com', 'v1'),
    served('apps', 'v1'),
    served('a.example.com', 'v1beta1'),
    served('', 'v1'),
    served('a.example.com', 'v1'),
  ];
  assert.deepEqual(
    groupVersionsOf(offer).map(({ group, version }) => `${group}/${version}`),
    ['apps/v1', 'a.example.com/v1', 'a.example.com/v1beta1', 'z.example.com/v1'],
  );
});
