import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CidrSet } from './cidr-set.ts';

test('subnets are given once, in order, until none is left', () => {
  const set = new CidrSet('10.244.0.0/22', 24);
  set.occupy('10.244.1.0/24');
  set.occupy('192.168.0.0/24');
  assert.deepEqual(
    [set.allocate(), set.allocate(), set.allocate(), set.allocate()],
    ['10.244.0.0/24', '10.244.2.0/24', '10.244.3.0/24', undefined],
  );
  set.release('10.244.1.0/24');
  assert.equal(set.allocate(), '10.244.1.0/24');
});

test('a range that is larger or smaller than a subnet takes all it overlaps with', () => {
  const set = new CidrSet('10.244.0.0/22', 24);
  set.occupy('10.244.0.0/23');
  set.occupy('10.244.2.128/25');
  set.occupy('10.0.0.0/24');
  assert.deepEqual([set.allocate(), set.allocate()], ['10.244.3.0/24', undefined]);
  set.occupy('10.0.0.0/8');
  set.release('10.244.0.0/23');
  assert.deepEqual([set.allocate(), set.allocate(), set.allocate()], ['10.244.0.0/24', '10.244.1.0/24', undefined]);
});

test('impossible ranges are refused', () => {
  assert.throws(() => new CidrSet('10.244.0.0', 24), /is not an IPv4 range/);
  assert.throws(() => new CidrSet('10.244.0.300/16', 24), /is not an IPv4 range/);
  assert.throws(() => new CidrSet('10.244.0.0/16', 8), /does not fit/);
});
