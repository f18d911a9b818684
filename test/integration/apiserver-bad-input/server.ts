/** A server with one object of each of some kinds, and what it is asked that it refuses. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ConnectionConfig } from '@t8s/component';
import { type Cluster, startCluster } from '../harness.ts';
import type { Pki } from '../pki.ts';
import { type Answer, type Ask, type RawClient, rawClient } from '../raw.ts';

export const maps = '/api/v1/namespaces/default/configmaps';
export const pods = '/api/v1/namespaces/default/pods';
export const leases = '/apis/coordination.k8s.io/v1/namespaces/default/leases';
export const deployments = '/apis/apps/v1/namespaces/default/deployments';
export const deployment = {
  metadata: { name: 'd' },
  spec: {
    selector: { matchLabels: { a: 'b' } },
    template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
  },
};
export const yaml = { 'content-type': 'application/yaml' };
export const merge = { 'content-type': 'application/merge-patch+json' };
export const jsonPatch = { 'content-type': 'application/json-patch+json' };
export const strategic = { 'content-type': 'application/strategic-merge-patch+json' };

const objects: readonly [path: string, body: { metadata: { name: string } }][] = [
  [maps, { metadata: { name: 'm' }, data: { a: '1' } } as { metadata: { name: string } }],
  [deployments, deployment],
  [pods, { metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'i' }] } } as { metadata: { name: string } }],
  [leases, { metadata: { name: 'l' } }],
];

export type Refusal = [ask: Ask, code: number, reason: string | undefined, message: string | RegExp];
const reasons: Record<number, string> = {
  400: 'BadRequest',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  406: 'NotAcceptable',
  409: 'Conflict',
  413: 'RequestEntityTooLarge',
  415: 'UnsupportedMediaType',
  422: 'Invalid',
};
/** What upstream's catalogue does not classify has the code 500 and no reason. */
export const refusal = (code: number, message: string | RegExp, given: Ask): Refusal => [given, code, reasons[code], message];
export const post = (body: Ask['body'], path = maps, headers = {}): Ask => ({ method: 'POST', path, body, headers });
export const put = (path: string, body: Ask['body']): Ask => ({ method: 'PUT', path, body });
export const patch = (path: string, body: Ask['body'], headers: Record<string, string>): Ask => ({ method: 'PATCH', path, body, headers });
export const remove = (path: string, body?: Ask['body']): Ask => ({ method: 'DELETE', path, body });

export interface Server {
  ask(given: Ask): Promise<Answer>;
  connection(): ConnectionConfig;
  pki(): Pki;
  /** Asks one after the other and looks at each answer. */
  refused(cases: readonly Refusal[]): Promise<void>;
  /** A last test: nothing but the first objects is there, and the server has not called anything its own fault. */
  nothingIsLeft(): void;
}

/** Starts one, with further flags, for the tests of a file and ends it after them. */
export function serverForFile(args: readonly string[] = []): Server {
  let cluster: Cluster;
  let client: RawClient;
  before(async () => {
    cluster = await startCluster(args);
    client = rawClient(cluster.api.connection);
    for (const [path, body] of objects) assert.equal((await ask({ method: 'POST', path, body })).code, 201);
  });
  after(async () => {
    client.close();
    await cluster.stop();
  });
  const ask = (given: Ask): Promise<Answer> => client(given);
  const refused = async (cases: readonly Refusal[]): Promise<void> => {
    for (const [given, code, reason, message] of cases) {
      const { status, body } = await ask(given);
      const what = `${given.method ?? 'GET'} ${given.path.slice(0, 200)} ${JSON.stringify(given.body)?.slice(0, 200)}: ${body.slice(0, 1000)}`;
      assert.deepEqual([status.kind, status.status, status.code, status.reason], ['Status', 'Failure', code, reason], what);
      if (typeof message === 'string') assert.equal(status.message, message, what);
      else assert.match(status.message ?? '', message, what);
    }
  };
  const names = async (path: string): Promise<string[]> =>
    (JSON.parse((await ask({ path })).body) as { items: { metadata: { name: string } }[] }).items.map(({ metadata }) => metadata.name);
  const nothingIsLeft = (): void =>
    void test('nothing of all that is left behind', async () => {
      for (const [path, { metadata }] of objects) assert.deepEqual(await names(path), [metadata.name]);
      assert.doesNotMatch(cluster.api.output(), /"level":"?(50|error|fatal)/);
    });
  return { ask, connection: () => cluster.api.connection, pki: () => cluster.pki, refused, nothingIsLeft };
}
