/** API aggregation: a real apiserver before a real extension server, which its service names by an external name. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { apiServiceKind, customResourceDefinitionKind, endpointSliceKind, serviceKind } from '@t8s/api';
import type { Client } from '@t8s/client';
import { isStatus, type KubeObject } from '@t8s/meta';
import { eventually } from '@t8s/testkit';
import { type ExtensionServer, startExtensionServer } from './extension-server.ts';
import { type Cluster, startCluster } from './harness.ts';
import { kubectlOf } from './kubectl-of.ts';
import { metricOf } from './metric-of.ts';

let cluster: Cluster;
let admin: Client;
let extension: ExtensionServer;
before(async () => {
  cluster = await startCluster();
  admin = cluster.api.admin;
  extension = await startExtensionServer(cluster.pki);
});
after(async () => {
  await cluster.stop();
  await extension.stop();
});

const name = 'v1.ext.example.com';
const base = '/apis/ext.example.com/v1';
const spec = { group: 'ext.example.com', version: 'v1', groupPriorityMinimum: 2000, versionPriority: 10 };

/** Status, reason and message of the Available condition, once its reason is the one awaited. */
async function availability(of: string, reason: string): Promise<[string, string]> {
  return eventually(async () => {
    const { status } = await admin.resource(apiServiceKind).get({ name: of });
    const found = status?.conditions?.find(({ type }) => type === 'Available');
    assert.equal(found?.reason, reason, found?.message ?? 'no condition');
    return [found?.status ?? '', found?.message ?? ''] as [string, string];
  });
}

const json = async <T = KubeObject>(method: string, path: string, body?: object): Promise<T> => {
  const answer = await admin.request({ method, path, ...(body && { body: JSON.stringify(body) }) });
  return JSON.parse(answer.body.toString()) as T;
};

test('what is built in has APIServices of its own, always available', async () => {
  const { items } = await eventually(async () => {
    const list = await admin.resource(apiServiceKind).list({ labelSelector: 'kube-aggregator.kubernetes.io/automanaged=onstart' });
    assert.ok(
      list.items.every(({ status }) => status?.conditions?.[0]?.reason === 'Local'),
      'not all are available',
    );
    assert.ok(list.items.length >= 19, `${list.items.length} so far`);
    return list;
  });
  const priorities = new Map(
    items.map(({ metadata, spec: s }) => [metadata.name, [s.groupPriorityMinimum, s.versionPriority, s.group, s.version]]),
  );
  assert.deepEqual(priorities.get('v1.'), [18_000, 1, undefined, 'v1']);
  assert.deepEqual(priorities.get('v2.autoscaling'), [17_500, 30, 'autoscaling', 'v2']);
  assert.equal(priorities.has('v1.apiregistration.k8s.io'), false);
});

test('an APIService tells step by step what it lacks', async () => {
  const service = { namespace: 'default', name: 'cluster', port: 443 };
  const of = 'v1.lacking.example.com';
  const lacking = { ...spec, group: 'lacking.example.com', service, insecureSkipTLSVerify: true };
  await admin.resource(apiServiceKind).create({ metadata: { name: of }, spec: lacking });
  assert.deepEqual(await availability(of, 'ServiceNotFound'), ['False', 'service/cluster in "default" is not present']);
  await assert.rejects(admin.request({ method: 'GET', path: '/apis/lacking.example.com/v1' }), (error) =>
    isStatus(error, 'ServiceUnavailable'),
  );
  const services = admin.resource(serviceKind);
  const ref = { namespace: 'default', name: 'cluster' };
  await services.create({ metadata: ref, spec: { ports: [{ name: 'https', port: 8443 }] } });
  assert.deepEqual(await availability(of, 'ServicePortError'), ['False', 'service/cluster in "default" is not listening on port 443']);
  await services.patch(ref, { type: 'merge', body: { spec: { ports: [{ name: 'https', port: 443 }] } } });
  assert.deepEqual(await availability(of, 'EndpointsNotFound'), ['False', 'cannot find endpointslices for service/cluster in "default"']);
  await admin.resource(endpointSliceKind).create({
    metadata: { ...ref, labels: { 'kubernetes.io/service-name': 'cluster' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: ['192.0.2.7'], conditions: { ready: false } }],
    ports: [{ name: 'https', port: 443 }],
  });
  assert.deepEqual(await availability(of, 'MissingEndpoints'), [
    'False',
    'endpointslices for service/cluster in "default" have no addresses with port name "https"',
  ]);
  await admin.resource(apiServiceKind).delete({ name: of });
});

test('requests go to the extension server, with who asks and nothing of how they proved it', async () => {
  await admin.resource(serviceKind).create({
    metadata: { namespace: 'default', name: 'ext' },
    spec: { type: 'ExternalName', externalName: 'localhost' },
  });
  const service = { namespace: 'default', name: 'ext', port: extension.port };
  await admin.resource(apiServiceKind).create({ metadata: { name }, spec: { ...spec, caBundle: extension.caBundle, service } });
  assert.deepEqual(await availability(name, 'Passed'), ['True', 'all checks passed']);
  await eventually(async () => assert.equal((await json('GET', `${base}/namespaces/default/things/a`)).metadata.name, 'a'));
  extension.requests.length = 0;
  const headers = { 'x-remote-user': 'root', 'x-remote-extra-a': 'b', authorization: 'Bearer secret' };
  await admin.request({ method: 'POST', path: `${base}/namespaces/default/things?dryRun=All`, body: '{"metadata":{"name":"n"}}', headers });
  const [seen] = extension.requests;
  assert.deepEqual(
    [seen?.method, seen?.path, seen?.body, seen?.proxy],
    ['POST', `${base}/namespaces/default/things?dryRun=All`, '{"metadata":{"name":"n"}}', 'front-proxy-client'],
  );
  const { authorization, ...told } = seen?.headers ?? {};
  assert.deepEqual(
    [authorization, told['x-remote-user'], told['x-remote-group'], told['x-remote-extra-a']],
    [undefined, 'admin', 'system:masters, system:authenticated', undefined],
  );
});

test('who may not ask here is not asked about there', async () => {
  const jane = await cluster.api.client('jane', ['devs']);
  extension.requests.length = 0;
  await assert.rejects(jane.request({ method: 'GET', path: `${base}/things` }), (error) => isStatus(error, 'Forbidden'));
  assert.deepEqual(extension.requests, []);
});

test('a watch comes as it is written, and ends with its client', async () => {
  const gone = new AbortController();
  const lines = await admin.stream({ method: 'GET', path: `${base}/things?watch=true`, signal: gone.signal });
  for await (const chunk of lines) {
    assert.match(chunk.toString(), /"ADDED"/);
    break;
  }
  const [watch] = extension.watches;
  assert.ok(watch);
  const closed = once(watch, 'close');
  gone.abort();
  await closed;
});

test('upgrades pass through, and so do refusals of them', async () => {
  const { ca, cert, key } = cluster.api.connection;
  const headers = { connection: 'Upgrade', upgrade: 'echo' };
  const upgrade = (path: string) =>
    request(`${cluster.api.url}${base}/namespaces/default/things/a/${path}`, { ca, cert, key, headers }).end();
  const [answer, socket] = (await once(upgrade('shell'), 'upgrade')) as [IncomingMessage, Duplex];
  assert.equal(answer.statusCode, 101);
  socket.write('ping');
  assert.equal(String((await once(socket, 'data'))[0]), 'ping');
  socket.destroy();
  assert.equal(extension.requests.at(-1)?.headers['x-remote-user'], 'admin');
  const [refusal] = (await once(upgrade('refused'), 'response')) as [IncomingMessage];
  assert.deepEqual([refusal.statusCode, await text(refusal)], [403, 'no\r\n']);
});

test('a connection that the server has given up is no reason to fail', async () => {
  extension.closeUsed(true);
  for (let i = 0; i < 3; i++) assert.equal((await json('GET', `${base}/namespaces/default/things/a`)).metadata.name, 'a');
  extension.closeUsed(false);
});

test('no answer leads elsewhere', async () => {
  await assert.rejects(admin.request({ method: 'GET', path: `${base}/moved` }), (error: Error) => /redirect/.test(error.message));
});

interface Group {
  name: string;
  versions: { version: string }[];
}
interface GroupDiscovery {
  metadata: { name: string };
  versions: { version: string; freshness: string; resources?: { resource: string; shortNames: string[]; subresources: object[] }[] }[];
}

async function discovered(): Promise<GroupDiscovery['versions'][number] | undefined> {
  const headers = { accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' };
  const { body } = await admin.request({ method: 'GET', path: '/apis', headers });
  const { items } = JSON.parse(body.toString()) as { items: GroupDiscovery[] };
  return items.find(({ metadata }) => metadata.name === 'ext.example.com')?.versions[0];
}

test('discovery and OpenAPI tell of it beside our own', async () => {
  const { groups } = await json<{ groups: Group[] }>('GET', '/apis');
  const names = groups.map((group) => group.name);
  assert.equal(names[0], 'apiregistration.k8s.io');
  assert.deepEqual(
    names.slice(-2),
    ['ext.example.com', 'metrics.k8s.io'],
    'after what is built in, but for metrics, whose priority is the lowest',
  );
  assert.deepEqual((await json<Group>('GET', '/apis/ext.example.com')).versions, [{ groupVersion: 'ext.example.com/v1', version: 'v1' }]);
  assert.equal((await json<{ resources: object[] }>('GET', base)).resources.length, 2);
  await eventually(async () => assert.equal((await discovered())?.freshness, 'Current'));
  const [thing] = (await discovered())?.resources ?? [];
  assert.deepEqual([thing?.resource, thing?.shortNames, thing?.subresources.length], ['things', ['th'], 1]);
  const index = await json<{ paths: Record<string, object> }>('GET', '/openapi/v3');
  assert.deepEqual(index.paths['apis/ext.example.com/v1'], { serverRelativeURL: '/openapi/v3/apis/ext.example.com/v1?hash=1' });
  const { components } = await json<{ components: { schemas: object } }>('GET', '/openapi/v3/apis/ext.example.com/v1?hash=1');
  assert.deepEqual(Object.keys(components.schemas), ['com.example.ext.v1.Thing']);
  const v2 = await json<{ paths: object; definitions: Record<string, object> }>('GET', '/openapi/v2');
  assert.ok(`${base}/things` in v2.paths && '/api/v1/pods' in v2.paths && !('/healthz' in v2.paths));
  assert.ok('com.example.ext.v1.Thing' in v2.definitions);
});

test('a server that is not who it should be gets no request', async () => {
  const services = admin.resource(apiServiceKind);
  const caBundle = Buffer.from(cluster.pki.ca).toString('base64');
  extension.requests.length = 0;
  await services.patch({ name }, { type: 'merge', body: { spec: { caBundle } } });
  await eventually(async () => {
    const error: unknown = await admin.request({ method: 'GET', path: `${base}/things` }).catch((caught: unknown) => caught);
    assert.ok(isStatus(error, 'ServiceUnavailable'), String(error));
  });
  assert.deepEqual(extension.requests, []);
  await services.patch({ name }, { type: 'merge', body: { spec: { caBundle: extension.caBundle } } });
});

test('a broken extension server is unavailable until it is whole again', async () => {
  extension.fail(true);
  const touch = (value: string): Promise<unknown> =>
    admin.resource(serviceKind).patch({ namespace: 'default', name: 'ext' }, { type: 'merge', body: { metadata: { labels: { value } } } });
  await touch('broken');
  const [status, message] = await availability(name, 'FailedDiscoveryCheck');
  assert.equal(status, 'False');
  const url = `https://localhost:${extension.port}${base}`;
  assert.equal(message, `failing or missing response from ${url}: bad status from ${url}: 500`);
  await eventually(async () => assert.deepEqual([(await discovered())?.freshness, (await discovered())?.resources?.length], ['Stale', 1]));
  assert.equal(await metricOf(admin, 'aggregator_unavailable_apiservice', { name }), 1);
  const becoming = { name, reason: 'FailedDiscoveryCheck' };
  assert.ok(((await metricOf(admin, 'aggregator_unavailable_apiservice_total', becoming)) ?? 0) >= 1);
  extension.fail(false);
  assert.deepEqual(await availability(name, 'Passed'), ['True', 'all checks passed']);
});

test('a real kubectl finds its resources and reads them', async () => {
  const kubectl = await kubectlOf(cluster);
  await eventually(async () => assert.match(await kubectl(['get', 'th', '-o', 'name']), /^thing\.ext\.example\.com\/a$/m));
  assert.match(await kubectl(['get', 'apiservices', name]), /^v1\.ext\.example\.com +default\/ext +True +\d+s$/m);
  assert.match(await kubectl(['get', 'apiservices', 'v1.apps']), /^v1\.apps +Local +True +\d+s$/m);
});

test('a second apiserver knows the extension server too, and both agree on how it is', async () => {
  const second = await cluster.startApiserver();
  await eventually(async () => {
    const { body } = await second.admin.request({ method: 'GET', path: `${base}/namespaces/default/things/a` });
    assert.equal((JSON.parse(body.toString()) as KubeObject).metadata.name, 'a');
  });
  const { resourceVersion } = (await admin.resource(apiServiceKind).get({ name })).metadata;
  await second.stop();
  assert.equal((await admin.resource(apiServiceKind).get({ name })).metadata.resourceVersion, resourceVersion, 'nothing to write anew');
});

test('custom resources have local APIServices as long as they are served', async () => {
  const definitions = admin.resource(customResourceDefinitionKind);
  const schema = { openAPIV3Schema: { type: 'object' } };
  await definitions.create({
    metadata: { name: 'tools.custom.example.com' },
    spec: {
      group: 'custom.example.com',
      scope: 'Cluster',
      names: { plural: 'tools', kind: 'Tool' },
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    },
  });
  const services = admin.resource(apiServiceKind);
  const ref = { name: 'v1.custom.example.com' };
  const { metadata, spec: made } = await eventually(async () => services.get(ref));
  assert.deepEqual(metadata.labels, { 'kube-aggregator.kubernetes.io/automanaged': 'true' });
  assert.deepEqual(made, { group: 'custom.example.com', version: 'v1', groupPriorityMinimum: 1000, versionPriority: 100 });
  await availability(ref.name, 'Local');
  await services.delete(ref);
  await eventually(async () => assert.notEqual((await services.get(ref)).metadata.uid, metadata.uid));
  await definitions.delete({ name: 'tools.custom.example.com' });
  await eventually(async () => assert.rejects(services.get(ref), (error) => isStatus(error, 'NotFound')));
});

test('with its APIService it goes', async () => {
  await admin.resource(apiServiceKind).delete({ name });
  await eventually(async () => {
    await assert.rejects(admin.request({ method: 'GET', path: base }), (error) => isStatus(error, 'NotFound'));
    assert.equal(await discovered(), undefined);
  });
});
