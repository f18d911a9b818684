import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isStatus } from '@t8s/meta';
import type { ResourceContext } from '../context.ts';
import { requestInfo } from '../request-info.ts';
import { checkProxyable, proxyPath, splitSchemeNamePort } from './backend.ts';

test('names may say a port and a scheme', () => {
  assert.deepEqual(splitSchemeNamePort('web', 'pod'), { scheme: '', name: 'web', port: '' });
  assert.deepEqual(splitSchemeNamePort('web:http', 'pod'), { scheme: '', name: 'web', port: 'http' });
  assert.deepEqual(splitSchemeNamePort('https:web:', 'pod'), { scheme: 'https', name: 'web', port: '' });
  for (const id of ['', ':80', 'ftp:web:21', 'a:b:c:d'])
    assert.throws(() => splitSchemeNamePort(id, 'service'), { message: `invalid service request ${JSON.stringify(id)}` });
});

test('nobody is led to this machine', () => {
  for (const address of ['10.0.0.1', 'fd00::1', '192.0.2.1']) checkProxyable(address);
  for (const address of ['', 'localhost', '127.0.0.1', '::1', '169.254.169.254', '::ffff:127.0.0.1', '0.0.0.0', 'fe80::1', '224.0.0.1'])
    assert.throws(
      () => checkProxyable(address),
      (error) => isStatus(error, 'BadRequest') && error.message === 'address not allowed',
      address,
    );
});

test('the path goes on as the client has escaped it', () => {
  const of = (url: string): object => {
    const [path = '', search = ''] = url.split('?');
    const query = new URLSearchParams(search);
    return proxyPath({ request: { url }, info: requestInfo('GET', path, query), query } as unknown as ResourceContext);
  };
  const prefix = '/api/v1/namespaces/d/pods/web/proxy';
  assert.deepEqual(of(prefix), { prefix, rest: '', query: '' });
  assert.deepEqual(of(`${prefix}/a%2Fb//c/?d=%20&e`), { prefix, rest: '/a%2Fb//c/', query: '?d=%20&e' });
  assert.deepEqual(of(`${prefix}?path=a/b`), { prefix, rest: '/a/b', query: '?path=a/b' });
  assert.deepEqual(of('/api/v1/nodes/n/proxy/stats'), { prefix: '/api/v1/nodes/n/proxy', rest: '/stats', query: '' });
});
