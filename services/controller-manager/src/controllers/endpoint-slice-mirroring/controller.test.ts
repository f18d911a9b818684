import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type EndpointSlice, endpointSliceKind, endpointsKind, eventKind, type Service, serviceKind } from '@t8s/api';
import { startControllers, type TestRun } from '../../test-context.ts';
import { endpointSliceMirroringController } from './controller.ts';

const ref = { namespace: 'd', name: 'db' };
const service: Service = { metadata: ref, spec: { ports: [{ port: 5432 }] } };
const ports = [{ name: 'sql', port: 5432, protocol: 'TCP' }];
const start = (maxEndpoints = 1000): Promise<TestRun> =>
  startControllers((context) => [endpointSliceMirroringController(context, { maxEndpoints })]);
const slicesOf = async ({ client }: TestRun): Promise<EndpointSlice[]> => (await client.resource(endpointSliceKind).list()).items;

test('what somebody wrote into Endpoints is in slices, a family each, and follows it until it goes', async () => {
  const run = await start();
  const { client, settle } = run;
  await client.resource(serviceKind).create(service);
  await client.resource(endpointsKind).create({
    metadata: { ...ref, labels: { team: 'a' }, annotations: { note: 'x', 'kubectl.kubernetes.io/last-applied-configuration': '{}' } },
    subsets: [
      { addresses: [{ ip: '192.0.2.1', hostname: 'first' }, { ip: '2001:db8::1' }], notReadyAddresses: [{ ip: '192.0.2.2' }], ports },
    ],
  });
  await settle();
  const [v4, v6, ...others] = await slicesOf(run);
  assert.equal(others.length, 0);
  assert.deepEqual([v4?.addressType, v6?.addressType, v4?.ports], ['IPv4', 'IPv6', ports]);
  assert.deepEqual(v4?.endpoints, [
    { addresses: ['192.0.2.1'], conditions: { ready: true }, hostname: 'first' },
    { addresses: ['192.0.2.2'], conditions: { ready: false } },
  ]);
  assert.deepEqual(v4?.metadata.labels, {
    team: 'a',
    'kubernetes.io/service-name': 'db',
    'endpointslice.kubernetes.io/managed-by': 'endpointslicemirroring-controller.k8s.io',
  });
  assert.deepEqual([v4?.metadata.annotations, v4?.metadata.ownerReferences?.[0]?.kind], [{ note: 'x' }, 'Endpoints']);
  const writes = client.actions.length;
  await settle(60_000);
  assert.equal(client.actions.length, writes, 'nothing is written while nothing changes');
  await client.resource(endpointsKind).patch(ref, { type: 'merge', body: { subsets: [{ addresses: [{ ip: '192.0.2.3' }], ports }] } });
  await settle();
  const left = await slicesOf(run);
  assert.deepEqual(
    left.map(({ metadata, endpoints }) => [metadata.name, endpoints[0]?.addresses]),
    [[v4?.metadata.name, ['192.0.2.3']]],
  );
  await client.resource(endpointsKind).delete(ref);
  await settle();
  assert.deepEqual(await slicesOf(run), []);
  run.stop();
});

test('not mirrored: what has a selector, no service, the label or a record of leaders', async () => {
  const run = await start();
  const { client, settle } = run;
  const subsets = [{ addresses: [{ ip: '192.0.2.1' }], ports }];
  const make = async (name: string, { spec = service.spec, ...metadata }: Partial<Service> & { labels?: object; annotations?: object }) => {
    if (name !== 'lonely') await client.resource(serviceKind).create({ metadata: { ...ref, name }, spec });
    await client.resource(endpointsKind).create({ metadata: { ...ref, name, ...metadata } as Service['metadata'], subsets });
  };
  await make('selecting', { spec: { ...service.spec, selector: { app: 'x' } } });
  await make('lonely', {});
  await make('skipped', { labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } });
  await make('leader', { annotations: { 'control-plane.alpha.kubernetes.io/leader': '{}' } });
  await make('mirrored', {});
  await settle();
  const names = async (): Promise<unknown[]> =>
    (await slicesOf(run)).map(({ metadata }) => metadata.labels?.['kubernetes.io/service-name']);
  assert.deepEqual(await names(), ['mirrored']);
  await client.resource(serviceKind).patch({ ...ref, name: 'mirrored' }, { type: 'merge', body: { spec: { selector: { app: 'x' } } } });
  await settle();
  assert.deepEqual(await names(), []);
  run.stop();
});

test('of more addresses than may be mirrored the event tells', async () => {
  const run = await start(2);
  await run.client.resource(serviceKind).create(service);
  const addresses = ['192.0.2.1', '192.0.2.2', '192.0.2.3'].map((ip) => ({ ip }));
  const more = { addresses: [{ ip: '192.0.2.4' }], ports };
  await run.client.resource(endpointsKind).create({ metadata: ref, subsets: [{ addresses, ports }, more] });
  await run.settle();
  assert.deepEqual(
    (await slicesOf(run)).map(({ endpoints }) => endpoints.length),
    [2],
  );
  const [event] = (await run.client.resource(eventKind).list()).items;
  assert.equal(
    `${event?.reason}: ${event?.message}`,
    'TooManyAddressesToMirror: A max of 2 addresses can be mirrored to EndpointSlices per Endpoints subset. 1 addresses were skipped',
  );
  run.stop();
});
