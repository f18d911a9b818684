import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { dialProblem, statusProblem } from './go-words.ts';

test('why a connection came to nothing', async () => {
  const refused = await new Promise<Error>((resolve) => connect(1, '127.0.0.1').once('error', resolve));
  assert.equal(dialProblem(refused), 'dial tcp 127.0.0.1:1: connect: connection refused');
  const of = (code: string, more: object = {}): string => dialProblem(Object.assign(new Error('?'), { code, ...more }));
  assert.equal(of('ENOTFOUND', { hostname: 'nowhere' }), 'dial tcp: lookup nowhere: no such host');
  assert.equal(of('UNABLE_TO_VERIFY_LEAF_SIGNATURE'), 'tls: failed to verify certificate: x509: certificate signed by unknown authority');
  assert.equal(of('ESOMETHING'), '?');
  assert.equal(dialProblem(new DOMException('late', 'TimeoutError')), 'context deadline exceeded');
});

test('what an answer without success says', () => {
  const of = (code: number, body = ''): string => statusProblem(code, Buffer.from(body));
  assert.equal(of(404, '<html>'), 'the server could not find the requested resource');
  assert.equal(of(500, 'boom'), 'an error on the server ("boom") has prevented the request from succeeding');
  assert.equal(of(400, JSON.stringify({ kind: 'Status', message: 'not so' })), 'not so');
  assert.equal(of(503), 'the server is currently unable to handle the request');
});
