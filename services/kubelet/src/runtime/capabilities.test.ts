import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostCapabilities } from './capabilities.ts';

test('a bounding set without CAP_SYS_RESOURCE is not full and keeps oom_score_adj at the own score', () => {
  const here = hostCapabilities(0x1fffeffffffn, 40, 0);
  assert.equal(here.full, false);
  assert.equal(here.bounding.length, 40);
  assert.ok(!here.bounding.includes('SYS_RESOURCE'));
  assert.equal(here.minOomScoreAdj, 0);
  assert.deepEqual({ ...hostCapabilities(0x1ffffffffffn, 40, -500), bounding: [] }, { bounding: [], full: true, minOomScoreAdj: -1000 });
});
