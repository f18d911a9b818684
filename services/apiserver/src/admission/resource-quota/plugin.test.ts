import assert from 'node:assert/strict';
import { test } from 'node:test';
import { persistentVolumeClaimKind, type ResourceQuota, resourceQuotaKind, serviceKind } from '@t8s/api';
import type { KubeObject } from '@t8s/meta';
import type { CachedObject } from '@t8s/storage';
import type { Change, ObjectStore } from '../../registry/object-store.ts';
import type { Write } from '../../write-chain.ts';
import { podWrite, storeOf } from '../test-objects.ts';
import { resourceQuota } from './plugin.ts';

interface Quota {
  hard: Record<string, string>;
  used?: Record<string, string>;
  spec?: object;
}

/** A namespace of these quotas, whose store takes a turn for every write. */
function namespace(...quotas: Quota[]) {
  const of = ({ hard, used = Object.fromEntries(Object.keys(hard).map((name) => [name, '0'])), spec }: Quota, i: number): KubeObject =>
    ({ metadata: { name: `q${i}`, namespace: 'd' }, spec: { hard, ...spec }, status: { hard, used } }) as KubeObject;
  const stored = new Map(quotas.map((quota, i) => [`q${i}`, of(quota, i)]));
  let writes = 0;
  const change = async (_: unknown, { name }: { name: string }, decide: (current: CachedObject) => Promise<Change>): Promise<void> => {
    await new Promise((turn) => setImmediate(turn));
    const decided = await decide({ object: stored.get(name) } as CachedObject);
    if (decided.to !== 'put') return;
    stored.set(name, decided.object);
    writes++;
  };
  const plugin = resourceQuota({ ...storeOf({ resourcequotas: [...stored.values()] }), change } as unknown as ObjectStore);
  return {
    used: (i = 0) => (stored.get(`q${i}`) as ResourceQuota).status?.used,
    writes: () => writes,
    /** Why a write is refused, and how to give back what it claimed. */
    async admit(spec: object, more: Partial<Write> = {}): Promise<{ refusal?: string; claims: Write['claims'] }> {
      const write = podWrite(spec, { claims: [], ...more });
      try {
        await plugin.validate?.(write);
        return { claims: write.claims };
      } catch (error) {
        return { refusal: (error as Error).message, claims: write.claims };
      }
    },
  };
}

const asks = (resources: object): object => ({ containers: [{ name: 'a', image: 'i', resources }] });

test('pods are charged what they ask for, and refused in upstream’s words', async () => {
  const { admit, used } = namespace({ hard: { pods: '2', 'requests.cpu': '1', 'limits.memory': '1Gi', 'count/pods': '5' } });
  const pod = asks({ requests: { cpu: '400m' }, limits: { memory: '256Mi' } });
  assert.equal((await admit(pod)).refusal, undefined);
  assert.deepEqual(used(), { pods: '1', 'requests.cpu': '400m', 'limits.memory': '256Mi', 'count/pods': '1' });
  assert.equal(
    (await admit(asks({ requests: { cpu: '700m' }, limits: { memory: '1Gi' } }))).refusal,
    'pods "web" is forbidden: exceeded quota: q0, requested: limits.memory=1Gi,requests.cpu=700m, used: limits.memory=256Mi,requests.cpu=400m, limited: limits.memory=1Gi,requests.cpu=1',
  );
  assert.match((await admit({})).refusal ?? '', /: failed quota: q0: must specify limits.memory for: a; requests.cpu for: a$/);
  const small = asks({ requests: { cpu: '1m' }, limits: { memory: '1Mi' } });
  const { claims } = await admit(small);
  assert.match((await admit(small)).refusal ?? '', /: exceeded quota: q0, requested: pods=1, used: pods=2, limited: pods=2$/);
  await Promise.all(claims.map((release) => release()));
  assert.equal(used()?.['pods'], '1');
  assert.match(
    (await admit(pod, { dryRun: true, object: podWrite(asks({ requests: { cpu: '5' }, limits: { memory: '1' } })).object })).refusal ?? '',
    /exceeded/,
  );
  assert.equal((await admit(pod, { dryRun: true })).refusal, undefined);
  assert.equal(used()?.['pods'], '1', 'dry runs cost nothing');
});

test('a quota that was not counted yet lets nothing in that it is about', async () => {
  const { admit } = namespace({ hard: { pods: '2', services: '1' }, used: {} });
  assert.equal((await admit({})).refusal, 'pods "web" is forbidden: status unknown for quota: q0, resources: pods');
});

test('charges that come together share a write, and no more fit than there is room', async () => {
  const { admit, used, writes } = namespace({ hard: { pods: '50' } });
  const results = await Promise.all(Array.from({ length: 200 }, () => admit({})));
  assert.equal(results.filter(({ refusal }) => refusal === undefined).length, 50);
  assert.deepEqual(used(), { pods: '50' });
  assert.ok(writes() <= 3, `${writes()} writes`);
});

test('of several quotas one that refuses leaves the others as they were', async () => {
  const { admit, used } = namespace({ hard: { pods: '5' } }, { hard: { 'count/pods': '0' } });
  const { refusal, claims } = await admit({});
  assert.match(refusal ?? '', /exceeded quota: q1, requested: count\/pods=1/);
  for (const release of claims) await release();
  assert.deepEqual([used(0), used(1)], [{ pods: '0' }, { 'count/pods': '0' }]);
});

test('scopes', async () => {
  const inClass = { scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['high'] }] } };
  const cases: [scope: object, inside: object, outside: object][] = [
    [{ scopes: ['BestEffort'] }, {}, asks({ requests: { cpu: '1' } })],
    [{ scopes: ['NotBestEffort'] }, asks({ requests: { cpu: '1' } }), {}],
    [{ scopes: ['Terminating'] }, { activeDeadlineSeconds: 5 }, {}],
    [inClass, { priorityClassName: 'high' }, { priorityClassName: 'low' }],
    [
      { scopes: ['CrossNamespacePodAffinity'] },
      { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ namespaces: ['x'], topologyKey: 'k' }] } } },
      {},
    ],
  ];
  for (const [spec, inside, outside] of cases) {
    const { admit, used } = namespace({ hard: { pods: '0' }, spec });
    assert.match((await admit(inside)).refusal ?? '', /exceeded/, JSON.stringify(spec));
    assert.equal((await admit(outside)).refusal, undefined, JSON.stringify(spec));
    assert.deepEqual(used(), { pods: '0' });
  }
});

test('a pod that gets a deadline comes into the scope of other quotas; other updates cost nothing', async () => {
  const hard = { 'limits.cpu': '1' };
  const { admit, used } = namespace({ hard, spec: { scopes: ['Terminating'] } });
  const pod = (spec: object, limit: string): KubeObject => podWrite({ ...asks({ limits: { cpu: limit } }), ...spec }).object;
  assert.equal((await admit({}, { old: pod({}, '2'), object: pod({}, '2') })).refusal, undefined);
  const inside = { activeDeadlineSeconds: 5 };
  assert.match((await admit({}, { old: pod({}, '2'), object: pod(inside, '2') })).refusal ?? '', /exceeded/);
  assert.equal((await admit({}, { old: pod({}, '1'), object: pod(inside, '1') })).refusal, undefined);
  assert.deepEqual(used(), { 'limits.cpu': '1' });
});

test('of a pod that asks for something as a whole no container need to', async () => {
  const { admit, used } = namespace({ hard: { 'limits.cpu': '1', 'limits.memory': '1Gi' } });
  assert.equal((await admit({ resources: { limits: { cpu: '1' } } })).refusal, undefined);
  assert.deepEqual(used(), { 'limits.cpu': '1', 'limits.memory': '0' });
});

test('services, claims by class, and any count; growing costs the difference', async () => {
  const gold = 'gold.storageclass.storage.k8s.io/requests.storage';
  const hard = { 'services.nodeports': '2', 'requests.storage': '10Gi', [gold]: '5Gi', 'count/resourcequotas': '0' };
  const { admit, used } = namespace({ hard });
  const service = { metadata: { name: 's', namespace: 'd' }, spec: { type: 'NodePort', ports: [{}, {}] } } as KubeObject;
  const services = { resource: { kind: serviceKind, storage: 'services' } };
  assert.equal((await admit({}, { ...services, object: service })).refusal, undefined);
  assert.equal((await admit({}, { ...services, object: service, old: service })).refusal, undefined, 'no update without cost is refused');
  const claim = (storage: string): KubeObject =>
    ({ metadata: { name: 'c', namespace: 'd' }, spec: { storageClassName: 'gold', resources: { requests: { storage } } } }) as KubeObject;
  const claims = { resource: { kind: persistentVolumeClaimKind, storage: 'persistentvolumeclaims' } };
  assert.equal((await admit({}, { ...claims, object: claim('2Gi') })).refusal, undefined);
  assert.equal((await admit({}, { ...claims, object: claim('4Gi'), old: claim('2Gi') })).refusal, undefined);
  assert.deepEqual(used(), { 'services.nodeports': '2', 'requests.storage': '4Gi', [gold]: '4Gi', 'count/resourcequotas': '0' });
  assert.match(
    (await admit({}, { ...claims, object: claim('2Gi') })).refusal ?? '',
    new RegExp(`requested: ${gold}=2Gi, used: ${gold}=4Gi`),
  );
  const quota = { metadata: { name: 'q', namespace: 'd' } };
  const kind = { resource: { kind: resourceQuotaKind, storage: 'resourcequotas' } };
  assert.match((await admit({}, { ...kind, object: quota })).refusal ?? '', /requested: count\/resourcequotas=1/);
});

test('what the configuration limits is only to be had where a quota covers it', async () => {
  const matchScopes = [{ scopeName: 'PriorityClass', operator: 'In', values: ['high', 'higher'] }];
  const limitedResources = [
    { resource: 'pods', matchContains: ['cpu'], matchScopes },
    { resource: 'services', matchContains: ['nodeports'] },
  ];
  const refusal = async (spec: object, quotas: object[], more: Partial<Write> = {}): Promise<string | undefined> => {
    const resourcequotas = quotas.map((quota, i) => ({ metadata: { name: `q${i}`, namespace: 'd' }, spec: {}, ...quota }));
    const plugin = resourceQuota(storeOf({ resourcequotas }), { limitedResources });
    try {
      await plugin.validate?.(podWrite(spec, { dryRun: true, ...more }));
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  };
  const cpu = asks({ requests: { cpu: '1' } });
  const covering = { status: { hard: { 'requests.cpu': '9', cpu: '9' }, used: { 'requests.cpu': '0', cpu: '0' } } };
  assert.equal(await refusal({}, []), undefined);
  assert.equal(await refusal(cpu, []), 'pods "web" is forbidden: insufficient quota to consume: cpu,requests.cpu');
  assert.equal(await refusal(cpu, [covering]), undefined);
  assert.match((await refusal(cpu, [{ ...covering, spec: { scopes: ['BestEffort'] } }])) ?? '', /insufficient quota to consume/);
  const high = { priorityClassName: 'high' };
  assert.equal(await refusal(high, []), 'insufficient quota to match these scopes: [{PriorityClass In [high higher]}]');
  assert.equal(await refusal(high, [{ spec: { scopeSelector: { matchExpressions: matchScopes } } }]), undefined);
  const service = { metadata: { name: 's', namespace: 'd' }, spec: { type: 'NodePort', ports: [{}] } } as KubeObject;
  const services = { resource: { kind: serviceKind, storage: 'services' }, object: service };
  assert.match((await refusal({}, [], services)) ?? '', /insufficient quota to consume: services.nodeports$/);
  assert.equal(await refusal({}, [], { ...services, old: service }), undefined);
});
