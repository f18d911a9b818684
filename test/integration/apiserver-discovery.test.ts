/** What clients find out by asking: discovery and OpenAPI, what they may keep of it, and how soon they learn of something new. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { customResourceDefinitionKind } from '@t8s/api';
import { definition } from './cron-tabs.ts';
import { type Cluster, startCluster } from './harness.ts';
import { kubectlOf } from './kubectl-of.ts';
import { answerOf } from './one-answer.ts';

let cluster: Cluster;
before(async () => {
  cluster = await startCluster();
});
after(() => cluster.stop());

const ask = (path: string, headers: Record<string, string> = {}): ReturnType<typeof answerOf> => answerOf(cluster, { path, headers });
const aggregated = (version: string): string => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;
const group = 'found.example.com';

/** A definition, established; and the time from then until `isThere`. Milliseconds. */
async function timeUntil(isThere: () => Promise<boolean>): Promise<number> {
  const { admin } = cluster.api;
  await admin.resource(customResourceDefinitionKind).create(definition(group));
  const start = performance.now();
  while (!(await isThere())) if (performance.now() - start > 5000) break;
  return performance.now() - start;
}

test('a kind is published within a second, everywhere; documents that do not name it stay as they are', async () => {
  const paths = ['/apis', `/apis/${group}`, `/apis/${group}/v1`, '/openapi/v2', '/openapi/v3', `/openapi/v3/apis/${group}/v1`];
  const tags = async (): Promise<(string | undefined)[]> =>
    Promise.all(
      ['/apis', '/openapi/v3', '/apis/apps/v1', '/openapi/v3/apis/apps/v1'].map(async (path) => (await ask(path)).headers['etag']),
    );
  const before = await tags();
  assert.equal((await ask(`/apis/${group}/v1`)).code, 404);
  const isEverywhere = async (): Promise<boolean> => {
    const answers = await Promise.all([...paths.map((path) => ask(path)), ask('/apis', { accept: aggregated('v2') })]);
    return answers.every(({ code, text }) => code === 200 && text.includes(group));
  };
  const started = performance.now();
  await isEverywhere();
  // On a machine that has other work a second is what it takes to ask some more times.
  const second = Math.max(1000, 10 * (performance.now() - started));
  const took = await timeUntil(isEverywhere);
  assert.ok(took < second, `${took} ms, of ${second}`);
  const later = await tags();
  assert.deepEqual(
    later.map((tag, i) => tag === before[i]),
    [false, false, true, true],
  );
});

test('versions that are gone have no kinds, and kubectl says so', async () => {
  const kubectl = await kubectlOf(cluster);
  for (const [apiVersion, kind] of [
    ['extensions/v1beta1', 'Deployment'],
    ['extensions/v1beta1', 'Ingress'],
    ['apps/v1beta1', 'Deployment'],
    ['apps/v1beta2', 'StatefulSet'],
    ['rbac.authorization.k8s.io/v1beta1', 'ClusterRole'],
    ['storage.k8s.io/v1beta1', 'StorageClass'],
    ['batch/v1beta1', 'CronJob'],
    ['policy/v1beta1', 'PodSecurityPolicy'],
    ['apiextensions.k8s.io/v1beta1', 'CustomResourceDefinition'],
  ])
    await assert.rejects(
      kubectl(['create', '-f', '-'], JSON.stringify({ apiVersion, kind, metadata: { name: 'old' } })),
      (error: Error) => {
        assert.ok(
          error.message.includes(`no matches for kind "${kind}" in version "${apiVersion}"\nensure CRDs are installed first`),
          error.message,
        );
        return true;
      },
    );
});

test('what has not changed is not sent again', async () => {
  for (const path of ['/api', '/apis', '/api/v1', '/apis/apps', '/apis/apps/v1', '/openapi/v2', '/openapi/v3', '/openapi/v3/api/v1']) {
    const first = await ask(path);
    const tag = first.headers['etag'] ?? '';
    assert.match(tag, /^"[0-9A-F]{64,}"$/, path);
    assert.equal(first.headers['vary'], 'Accept', path);
    assert.equal(first.headers['cache-control'], 'no-cache, private', path);
    const again = await ask(path, { 'if-none-match': tag });
    assert.deepEqual([again.code, again.text], [304, ''], path);
    assert.equal((await ask(path, { 'if-none-match': '"other"' })).code, 200, path);
  }
  assert.match((await ask('/api/', { accept: 'application/yaml' })).text, /^kind: APIVersions$/m);
});

test('the aggregated form comes where it is asked for, in the version that is asked for', async () => {
  for (const version of ['v2', 'v2beta1'])
    for (const path of ['/api', '/apis']) {
      const { headers, text } = await ask(path, { accept: `${aggregated(version)},application/json` });
      assert.equal(headers['content-type'], aggregated(version));
      const { kind, apiVersion, items } = JSON.parse(text) as Record<string, unknown> & { items: { metadata: { name?: string } }[] };
      assert.deepEqual([kind, apiVersion], ['APIGroupDiscoveryList', `apidiscovery.k8s.io/${version}`]);
      assert.equal(items.length > 10, path === '/apis');
    }
  const tags = await Promise.all(['*/*', aggregated('v2')].map(async (accept) => (await ask('/apis', { accept })).headers['etag']));
  assert.notEqual(tags[0], tags[1]);
});

test('each document of OpenAPI v3 has its hash in its address, and may be kept for ever', async () => {
  const { paths } = JSON.parse((await ask('/openapi/v3')).text) as { paths: Record<string, { serverRelativeURL: string }> };
  for (const name of ['api/v1', 'apis/apps/v1', `apis/${group}/v1`]) {
    const address = paths[name]?.serverRelativeURL ?? '';
    assert.match(address, new RegExp(`^/openapi/v3/${name}\\?hash=[0-9A-F]{64,}$`));
    const { code, headers, text } = await ask(address);
    assert.deepEqual(
      [code, headers['cache-control'], (JSON.parse(text) as { openapi: string }).openapi],
      [200, 'public, immutable', '3.0.0'],
    );
    assert.ok(Date.parse(headers['expires'] ?? '') > Date.now() + 364 * 86_400_000);
    const moved = await ask(`/openapi/v3/${name}?hash=old`);
    assert.deepEqual([moved.code, moved.headers['location']], [301, address]);
  }
});
