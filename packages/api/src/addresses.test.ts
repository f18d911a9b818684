import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cidr, cidrWarnings, holds, ipWarnings, parseCidr, strictCidr, strictIp } from './addresses.ts';

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

test('what old fields take, but not in its one form, is warned of in upstream’s words', () => {
  for (const good of ['10.0.0.1', '2001:db8::2']) assert.deepEqual(ipWarnings('a', good), []);
  const ips: [string, string][] = [
    ['192.012.2.2', 'a: non-standard IP address "192.012.2.2" will be considered invalid in a future Kubernetes release: use "192.12.2.2"'],
    [
      '::ffff:1.2.3.4',
      'a: non-standard IP address "::ffff:1.2.3.4" will be considered invalid in a future Kubernetes release: use "1.2.3.4"',
    ],
    ['2001:db8:0:0::2', 'a: IPv6 address "2001:db8:0:0::2" should be in RFC 5952 canonical format ("2001:db8::2")'],
  ];
  for (const [ip, warning] of ips) assert.deepEqual(ipWarnings('a', ip), [warning]);
  for (const good of ['192.12.2.0/24', '2001:db8::/64']) assert.deepEqual(cidrWarnings('a', good), []);
  const future = 'will be considered invalid in a future Kubernetes release';
  const blocks: [string, string[]][] = [
    ['192.12.2.0/024', [`a: non-standard CIDR value "192.12.2.0/024" ${future}: use "192.12.2.0/24"`]],
    ['192.012.2.0/24', [`a: non-standard CIDR value "192.012.2.0/24" ${future}: use "192.12.2.0/24"`]],
    ['192.12.2.8/24', ['a: CIDR value "192.12.2.8/24" is ambiguous in this context (should be "192.12.2.0/24" or "192.12.2.8/32"?)']],
    ['2001:db8::1/64', ['a: CIDR value "2001:db8::1/64" is ambiguous in this context (should be "2001:db8::/64" or "2001:db8::1/128"?)']],
    ['2001:0db8::0/64', ['a: IPv6 CIDR value "2001:0db8::0/64" should be in RFC 5952 canonical format ("2001:db8::/64")']],
  ];
  for (const [block, warnings] of blocks) assert.deepEqual(cidrWarnings('a', block), warnings);
});
