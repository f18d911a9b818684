import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { test } from 'node:test';
import type { SubjectAccessReviewSpec } from '@t8s/api';
import { FakeClock } from '@t8s/async';
import type { Client } from '@t8s/client';
import { apiAccess, subresourcesOf } from './access.ts';

interface Caller {
  method?: string;
  url?: string;
  subject?: object;
  token?: string;
}

/** A kubelet whose API server knows the token `good` of `bot`, and lets `may` do what it lists. */
function setup(may: Record<string, string[]>): { ask(caller: Caller): Promise<string>; asked: string[]; clock: FakeClock } {
  const clock = new FakeClock();
  const asked: string[] = [];
  const create = async ({ spec }: { spec: SubjectAccessReviewSpec & { token?: string } }) => {
    if (spec.token !== undefined) {
      asked.push(`token ${spec.token}`);
      return { status: spec.token === 'good' ? { authenticated: true, user: { username: 'bot', groups: [] } } : { user: {} } };
    }
    const { verb, subresource, name } = spec.resourceAttributes ?? {};
    asked.push(`${spec.user} ${verb} ${subresource} ${name}`);
    return { status: { allowed: may[spec.user ?? '']?.includes(`${verb} ${subresource}`) ?? false } };
  };
  const access = apiAccess({ client: { resource: () => ({ create }) } as unknown as Client, nodeName: 'n1', clock });
  const ask = async ({ method = 'GET', url = '/pods', subject, token }: Caller): Promise<string> => {
    const socket = { authorized: subject !== undefined, getPeerCertificate: () => ({ subject }) };
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const refusal = await access({ method, url, socket, headers } as unknown as IncomingMessage);
    return refusal ? `${refusal.code} ${refusal.message}` : 'allowed';
  };
  return { ask, asked, clock };
}

test('the API server is asked about the node’s sub-resource, the finer one first', async () => {
  const { ask, asked } = setup({ ann: ['get proxy'], eve: ['get metrics'] });
  assert.equal(await ask({ subject: { CN: 'ann', O: 'devs' } }), 'allowed');
  assert.deepEqual(asked, ['ann get pods n1', 'ann get proxy n1']);
  assert.equal(await ask({ subject: { CN: 'eve' }, url: '/metrics' }), 'allowed');
  assert.equal(
    await ask({ subject: { CN: 'eve' }, method: 'POST', url: '/exec/d/p/c?command=sh' }),
    '403 Forbidden (user=eve, verb=create, resource=nodes, subresource(s)=[proxy])',
  );
});

test('a token speaks for its owner; without either nobody is let in', async () => {
  const { ask, asked } = setup({ bot: ['get pods'] });
  assert.equal(await ask({ token: 'good' }), 'allowed');
  assert.equal(await ask({ token: 'bad' }), '401 Unauthorized');
  const before = asked.length;
  assert.equal(await ask({}), '401 Unauthorized');
  assert.equal(asked.length, before, 'there was nothing to ask');
});

test('answers hold for a while', async () => {
  const { ask, asked, clock } = setup({ bot: ['get pods'] });
  for (let i = 0; i < 3; i++) await ask({ token: 'good' });
  assert.deepEqual(asked, ['token good', 'bot get pods n1']);
  await clock.advance(3 * 60_000);
  await ask({ token: 'good' });
  assert.deepEqual(asked.slice(2), ['token good']);
  await clock.advance(3 * 60_000);
  await ask({ token: 'good' });
  assert.deepEqual(asked.slice(3), ['token good', 'bot get pods n1']);
});

test('what paths are about', () => {
  const paths = ['/metrics/cadvisor', '/stats/summary', '/logs/x', '/runningpods/', '/containerLogs/d/p/c', '//pods', '/'];
  assert.deepEqual(paths.map(subresourcesOf), [['metrics'], ['stats'], ['log'], ['pods', 'proxy'], ['proxy'], ['proxy'], ['proxy']]);
});
