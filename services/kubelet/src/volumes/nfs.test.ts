import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nfsMountArguments } from './nfs.ts';

test('the words that mount is given: options where options are, the server and its directory as one', () => {
  const line = (server: string, path: string, readOnly = false, options: string[] = []): string =>
    nfsMountArguments('/dir', { server, path, readOnly }, options).join(' ');
  assert.equal(line('nas.example.com', '/a b,rw'), '-t nfs -- nas.example.com:/a b,rw /dir');
  assert.equal(line('10.0.0.1', '/x', true, ['nfsvers=4.1', 'hard']), '-t nfs -o ro,nfsvers=4.1,hard -- 10.0.0.1:/x /dir');
  assert.equal(line('fd00::1', '/-o'), '-t nfs -- [fd00::1]:/-o /dir');
  for (const server of ['', '-oloop', 'LABEL=x', 'nas:/etc', 'nas,rw', 'a b', 'nas\nx', '../x', '[::1]', 'fe80::1%a,rw'])
    assert.throws(() => line(server, '/x'), /^Error: invalid NFS server "/, server);
});
