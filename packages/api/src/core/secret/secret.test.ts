import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage } from '@t8s/meta';
import type { Secret } from '../../generated/types.ts';
import { secretKind } from './kind.ts';

const { strategy } = secretKind;
const messages = (type: string, data: Record<string, string> = {}): string[] =>
  (strategy.validate?.({ metadata: {}, type: `kubernetes.io/${type}`, data }) ?? []).map(fieldErrorMessage);
const base64 = (text: string): string => Buffer.from(text).toString('base64');

test('stringData becomes data, the type Opaque', () => {
  const secret: Secret = { metadata: {}, data: { a: 'eA==', b: 'eQ==' }, stringData: { b: 'new' } };
  strategy.defaults?.(secret);
  assert.deepEqual(secret, { metadata: {}, type: 'Opaque', data: { a: 'eA==', b: base64('new') } });
});

test('the well-known types hold what they are for', () => {
  const redacted = '.dockerconfigjson]: Invalid value: "<secret contents redacted>": ';
  const cases: [found: string[], expected: string[]][] = [
    [messages('service-account-token'), ['metadata.annotations[kubernetes.io/service-account.name]: Required value']],
    [messages('dockercfg'), ['data[.dockercfg]: Required value']],
    [messages('dockercfg', { '.dockercfg': base64('{"auths":{}}') }), []],
    [
      messages('dockerconfigjson', { '.dockerconfigjson': base64('nope') }),
      [`data[${redacted}invalid character 'o' in literal null (expecting 'u')`],
    ],
    [
      messages('dockerconfigjson', { '.dockerconfigjson': base64('[]') }),
      [`data[${redacted}json: cannot unmarshal array into Go value of type map[string]interface {}`],
    ],
    [messages('basic-auth'), ['data[username]: Required value', 'data[password]: Required value']],
    [messages('basic-auth', { password: '' }), []],
    [messages('ssh-auth', { 'ssh-privatekey': '' }), ['data[ssh-privatekey]: Required value']],
    [messages('tls', { 'tls.crt': '' }), ['data[tls.key]: Required value']],
  ];
  for (const [found, expected] of cases) assert.deepEqual(found, expected);
  assert.match(messages('x', { 'a b': '' }).join(), /^data\[a b\]: Invalid value: "a b": a valid config key/);
  assert.deepEqual(messages('x', { a: base64('x'.repeat(1048577)) }), ['data: Too long: may not be more than 1048576 bytes']);
});

test('the type never changes, an immutable one nothing', () => {
  const old: Secret = { metadata: {}, type: 'Opaque', immutable: true, data: {} };
  const update = (change: Partial<Secret>): string[] =>
    (strategy.validateUpdate?.({ ...old, ...change }, old) ?? []).map(fieldErrorMessage);
  assert.deepEqual(update({ type: 'x' }), ['type: Invalid value: "x": field is immutable']);
  assert.deepEqual(update({ data: { a: '' } }), ['data: Forbidden: field is immutable when `immutable` is set']);
  assert.deepEqual(secretKind.selectableFields?.(old), { type: 'Opaque' });
});
