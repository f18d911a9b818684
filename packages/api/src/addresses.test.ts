import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cidr, holds, parseCidr, strictCidr, strictIp } from './addresses.ts';

test('addresses of new fields have one form', () => {
  for (const good of ['10.0.0.1', '0.0.0.0', '::', '2001:db8::1', '::1']) assert.deepEqual(strictIp(good), [], good);
  assert.deepEqual(strictIp('300.0.0.1'), ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)']);
  assert.deepEqual(strictIp('fe80::1%eth0'), ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)']);
  assert.deepEqual(strictIp('010.0.0.1'), ['must not have leading 0s']);
  assert.deepEqual(strictIp('::ffff:1.2.3.4'), ['must not be an IPv4-mapped IPv6 address']);
  assert.deepEqual(strictIp('2001:DB8::0:1'), ['must be in canonical form ("2001:db8::1")']);
});

test('blocks too', () => {
  for (const good of ['10.0.0.0/8', '0.0.0.0/0', '10.1.2.3/32', '2001:db8::/64', '::/0', '::1/128'])
    assert.deepEqual(strictCidr(good), [], good);
  assert.deepEqual(strictCidr('10.0.0.0'), ['must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)']);
  assert.deepEqual(strictCidr('10.0.0.0/33'), ['must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)']);
  assert.deepEqual(strictCidr('10.0.0.0/08'), ['must not have leading 0s in IP or prefix length']);
  assert.deepEqual(strictCidr('::ffff:10.0.0.0/104'), ['must not have an IPv4-mapped IPv6 address']);
  assert.deepEqual(strictCidr('10.0.0.1/8'), ['must not have bits set beyond the prefix length']);
  assert.deepEqual(strictCidr('2001:db8::1/64'), ['must not have bits set beyond the prefix length']);
  assert.deepEqual(strictCidr('2001:DB8::/64'), ['must be in canonical form ("2001:db8::/64")']);
});

test('old fields take more; a block holds what lies inside it', () => {
  assert.deepEqual(cidr('a', '010.0.0.1/8'), []);
  const block = (text: string) => parseCidr(text) ?? assert.fail();
  assert.equal(holds(block('10.0.0.0/8'), block('10.1.0.0/16')), true);
  assert.equal(holds(block('10.0.0.0/8'), block('10.0.0.0/8')), false);
  assert.equal(holds(block('10.0.0.0/8'), block('11.0.0.0/16')), false);
  assert.equal(holds(block('::/0'), block('2001:db8::/32')), true);
});
