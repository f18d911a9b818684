import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseUpstream, readResolvConf } from './resolv-conf.ts';

test('the servers of resolv.conf but ourselves, at most three', () => {
  const text =
    '# x\nsearch a b\nnameserver 10.0.0.1\n nameserver 127.0.0.1\nnameserver 10.0.0.1\nnameserver fd00::1\nnameserver 1\nnameserver 2\n';
  assert.deepEqual(
    readResolvConf(text, new Set(['127.0.0.1'])).map(({ address }) => address),
    ['10.0.0.1', 'fd00::1', '1'],
  );
});

test('servers by flag', () => {
  assert.deepEqual(parseUpstream('192.0.2.1'), { address: '192.0.2.1', port: 53 });
  assert.deepEqual(parseUpstream('192.0.2.1:5353'), { address: '192.0.2.1', port: 5353 });
  assert.deepEqual(parseUpstream('[fd00::1]:5353'), { address: 'fd00::1', port: 5353 });
  assert.deepEqual(parseUpstream('fd00::1'), { address: 'fd00::1', port: 53 });
  assert.equal(parseUpstream('example.com'), undefined);
});
