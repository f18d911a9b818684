/** The end of an apiserver that others still use. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { eventually } from '@t8s/testkit';
import { type Cluster, startCluster } from './harness.ts';

let cluster: Cluster;
before(async () => {
  cluster = await startCluster();
});
after(() => cluster.stop());

const maps = '/api/v1/namespaces/default/configmaps';

test('it says that it goes, serves on for a while, ends watches, and finishes what it has begun', async () => {
  const leaving = await cluster.startApiserver(['--shutdown-delay-duration=1s']);
  const identity = await cluster.pki.client('admin', ['system:masters']);
  const agent = new Agent({ keepAlive: true, ca: cluster.pki.ca, ...identity });
  const ask = (path: string, method = 'GET', headers: Record<string, string | number> = {}): ReturnType<typeof request> =>
    request(`${leaving.url}${path}`, { method, headers, agent });
  const answered = async (asking: ReturnType<typeof request>): Promise<{ code: number | undefined; body: string }> => {
    const [response] = (await once(asking.end(), 'response')) as [IncomingMessage];
    return { code: response.statusCode, body: await text(response) };
  };
  const [watch] = (await once(ask(`${maps}?watch=1`).end(), 'response')) as [IncomingMessage];
  const watched = text(watch);
  const body = JSON.stringify({ metadata: { name: 'late' } });
  const slow = ask(maps, 'POST', { 'content-type': 'application/json', 'content-length': body.length });
  slow.write(body.slice(0, 5));
  const created = once(slow, 'response');
  const ended = leaving.stop();
  const { body: notReady } = await eventually(async () => {
    const answer = await answered(ask('/readyz'));
    assert.equal(answer.code, 500);
    return answer;
  });
  assert.match(notReady, /\[-\]shutdown failed: process is shutting down/);
  assert.equal((await answered(ask('/livez'))).code, 200, 'nobody restarts it');
  assert.equal((await answered(ask(`${maps}?limit=1`))).code, 200, 'it still serves');
  assert.equal(await watched, '', 'the watch ends in order');
  const started = Date.now();
  slow.end(body.slice(5));
  const [response] = (await created) as [IncomingMessage];
  assert.equal(response.statusCode, 201);
  await text(response);
  assert.equal(await ended, 0);
  assert.ok(Date.now() - started < 4000, 'connections that are kept for more keep nobody waiting');
  agent.destroy();
  assert.equal((await cluster.api.admin.request({ method: 'GET', path: `${maps}/late` })).status, 200);
});
