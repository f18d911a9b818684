import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { stringify } from 'yaml';
import { loadConnection } from './kubeconfig.ts';
import { UsageError } from './main.ts';

const dir = mkdtempSync(join(tmpdir(), 't8s-kubeconfig-'));
after(() => rmSync(dir, { recursive: true }));
const file = join(dir, 'config');

const key = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
}).privateKey;
const config = (cluster: object, user: object = {}): object => ({
  'current-context': 'c',
  clusters: [{ name: 'c', cluster: { server: 'https://h', ...cluster } }],
  users: [{ name: 'c', user }],
  contexts: [{ name: 'c', context: { cluster: 'c', user: 'c' } }],
});
const base64 = (text: string): string => Buffer.from(text).toString('base64');

test('a kubeconfig that can be used', () => {
  writeFileSync(file, stringify(config({}, { token: 't' })));
  assert.deepEqual(loadConnection(file), { server: 'https://h', token: 't' });
});

test('one that can not be used is told with the file, the field and the reason', () => {
  const cases: [content: unknown, message: RegExp][] = [
    ['a: [', /is not YAML: /],
    ['[]', /the file must be a map$/],
    ['x', /the file must be a map$/],
    ['', /has no current-context$/],
    [{ kind: 'Pod' }, /kind must be Config$/],
    [{ 'current-context': 7 }, /current-context must be a string$/],
    [{ clusters: 'x' }, /clusters must be a list$/],
    [{ users: [7] }, /users\[0\] must be a map with a name and a user$/],
    [{ contexts: [{ context: {} }] }, /contexts\[0\] must be a map with a name and a context$/],
    [{ ...config({}), 'current-context': 'd' }, /context "d" does not exist$/],
    [{ ...config({}), clusters: [] }, /cluster "c" does not exist in /],
    [config({ server: 8080 }), /clusters\[0\]\.cluster\.server must be a string$/],
    [config({ server: 'ftp://h' }), /server: 'ftp:\/\/h' is no http or https URL$/],
    [config({ server: '' }), /server: '' is no http or https URL$/],
    [config({ 'certificate-authority-data': base64('x') }), /certificate-authority: /],
    [config({ 'certificate-authority': 'none.crt' }), /cannot read .*none\.crt: ENOENT$/],
    [config({}, { 'client-certificate-data': base64('x') }), /client-certificate: /],
    [config({}, { 'client-key-data': base64(key) }), /client-certificate and client-key go together$/],
    [config({}, { tokenFile: 'none' }), /tokenFile: .*ENOENT/],
    [config({}, { token: 1 }), /users\[0\]\.user\.token must be a string$/],
  ];
  for (const [content, message] of cases) {
    writeFileSync(file, typeof content === 'string' ? content : stringify(content));
    assert.throws(
      () => loadConnection(file),
      (error: Error) => {
        assert.ok(error instanceof UsageError, error.stack);
        assert.match(error.message, message);
        return true;
      },
    );
  }
});
