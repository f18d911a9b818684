import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '@t8s/api';
import { systemClock } from '@t8s/async';
import { InformerSet } from '@t8s/informer';
import { type Selector, selectorFromMap } from '@t8s/meta';
import { silentLogger } from '@t8s/telemetry';
import { FakeClient, Random } from '@t8s/testkit';
import { Cache } from '../cache/cache.ts';
import { Framework } from '../framework/framework.ts';
import type { NodeInfo } from '../framework/node-info.ts';
import type { PodInfo } from '../framework/pod-info.ts';
import { WaitingPods } from '../framework/waiting-pods.ts';
import { type TestNode, type TestPod, testNode, testPodInfo, testProfile } from '../test-objects.ts';
import { FitError } from './fit-error.ts';
import { feasibleNodesToFind, Placement } from './placement.ts';

/** Pods with the label `app` belong to a service that selects by it. */
const workloadSelector = ({ metadata: { labels } }: Pod): Selector => selectorFromMap(labels?.app === undefined ? {} : { app: labels.app });
const client = new FakeClient();
const framework = new Framework({
  profile: testProfile({
    client,
    informers: new InformerSet({ client, log: silentLogger }),
    workloadSelector,
    namespaceLabels: () => ({}),
  }),
  waiting: new WaitingPods(systemClock),
});

function clusterOf(nodes: readonly TestNode[]): { cache: Cache; fresh: () => Placement } {
  const cache = new Cache();
  for (const node of nodes) cache.setNode(testNode(node));
  return { cache, fresh: () => new Placement({ framework, cache, random: () => 0.99 }) };
}

const messageOf = (placement: Placement, pod: TestPod): string => {
  try {
    return placement.find(testPodInfo(pod)).name;
  } catch (error) {
    assert.ok(error instanceof FitError);
    return error.message;
  }
};

test('reasons are counted and sorted as upstream does', () => {
  const { fresh, cache } = clusterOf([
    { name: 'a', taints: [{ key: 'k', value: 'v', effect: 'NoSchedule' }] },
    { name: 'b', cpu: '1' },
    { name: 'c', cpu: '1' },
  ]);
  assert.equal(messageOf(fresh(), { cpu: '2' }), '0/3 nodes are available: 1 node(s) had untolerated taint {k: v}, 2 Insufficient cpu.');
  for (const node of ['b', 'c']) cache.assume(testPodInfo({ name: `on-${node}`, cpu: '1' }), node);
  assert.equal(messageOf(fresh(), { cpu: '1' }), '0/3 nodes are available: 1 node(s) had untolerated taint {k: v}, 2 Insufficient cpu.');
});

test('nodes that preFilter leaves out are accounted for; no nodes has words of its own', () => {
  const { fresh } = clusterOf([{ name: 'a', unschedulable: true }, { name: 'b' }, { name: 'c' }]);
  const terms = { nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['a'] }] }] };
  const daemon = { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms } } };
  assert.equal(
    messageOf(fresh(), daemon),
    "0/3 nodes are available: 1 node(s) were unschedulable, 2 node(s) didn't satisfy plugin(s) [NodeAffinity].",
  );
  assert.equal(messageOf(clusterOf([]).fresh(), {}), 'no nodes available to schedule pods');
});

test('pods spread over like nodes, and go where there is more room', () => {
  const { cache, fresh } = clusterOf([
    { name: 'a', cpu: '2' },
    { name: 'b', cpu: '2' },
    { name: 'big', cpu: '16', memory: '32Gi' },
  ]);
  const placement = fresh();
  const seen = Array.from({ length: 12 }, (_, i) => {
    const info = testPodInfo({ name: `p${i}`, cpu: '500m', memory: '1Gi' });
    const node = placement.find(info);
    cache.assume(info, node.name);
    return node.name;
  });
  assert.deepEqual(seen.slice(0, 8), Array(8).fill('big'));
  assert.deepEqual([...new Set(seen)].sort(), ['a', 'b', 'big']);
});

test('reused results choose what evaluating everything anew would choose', () => {
  const numbers = new Random(7);
  const random = (): number => numbers.fraction();
  const { cache, fresh } = clusterOf(
    Array.from({ length: 40 }, (_, i) => ({
      name: `n${i}`,
      cpu: String(2 + Math.floor(random() * 6)),
      labels: { disk: random() < 0.5 ? 'ssd' : 'hdd', 'kubernetes.io/hostname': `n${i}`, 'topology.kubernetes.io/zone': `z${i % 3}` },
      images: random() < 0.3 ? [{ names: ['app:latest'], sizeBytes: 500 * 1024 * 1024 }] : [],
      ...(random() < 0.2 && { taints: [{ key: 'slow', effect: 'PreferNoSchedule' }] }),
    })),
  );
  const prefer = [{ weight: 10, preference: { matchExpressions: [{ key: 'disk', operator: 'In', values: ['ssd'] }] } }];
  const spread = (whenUnsatisfiable: string, matchLabels: Record<string, string>) => ({
    maxSkew: 1,
    topologyKey: 'topology.kubernetes.io/zone',
    whenUnsatisfiable,
    labelSelector: { matchLabels },
  });
  const templates: TestPod[] = [
    { cpu: '100m', memory: '64Mi' },
    { cpu: '700m', memory: '1Gi', nodeSelector: { disk: 'hdd' } },
    { affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: prefer } } },
    { labels: { app: 'web' }, cpu: '50m' },
    { labels: { app: 'db' }, cpu: '50m' },
    { labels: { role: 'shunned' }, cpu: '60m' },
    { labels: { role: 'other' }, cpu: '60m' },
    { labels: { app: 'db' }, topologySpreadConstraints: [spread('DoNotSchedule', { app: 'db' })], nodeSelector: { disk: 'ssd' } },
    { labels: { app: 'web' }, topologySpreadConstraints: [spread('ScheduleAnyway', { app: 'web' })] },
  ];
  const shunned = { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { role: 'shunned' } } };
  const term = (app: string, topologyKey: string) => ({ topologyKey, labelSelector: { matchLabels: { app } } });
  const beside: TestPod[] = [
    {
      labels: { app: 'lone' },
      affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term('lone', 'kubernetes.io/hostname'), shunned] } },
    },
    {
      affinity: {
        podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term('lone', 'disk')] },
        podAntiAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 7, podAffinityTerm: term('web', 'kubernetes.io/hostname') }],
        },
      },
    },
  ];
  const reusing = fresh();
  const placed: string[] = [];
  for (let i = 0; i < 400; i++) {
    // Those come late and become few again, so that pods are placed with and without any such pod there.
    const all = i > 150 && i < 300 ? [...templates, ...beside] : templates;
    const pod = { ...all[Math.floor(random() * all.length)], name: `p${i}`, priority: Math.floor(random() * 3) };
    // A search starts where the last one ended; over all nodes the start decides only between equals.
    const expected = messageOf(fresh(), pod);
    assert.equal(messageOf(reusing, pod), expected, `pod ${i}`);
    if (!cache.node(expected)) continue;
    const info = testPodInfo(pod);
    cache.assume(info, expected);
    placed.push(info.uid);
    if (random() < 0.3) cache.removePod(placed.splice(Math.floor(random() * placed.length), 1)[0] ?? '');
    // Nominations come, move and go, and what would be is asked of nodes in between.
    const somewhere = cache.nodes[Math.floor(random() * 40)] as NodeInfo;
    const hopeful = testPodInfo({ ...all[i % all.length], name: `hopeful-${i % 5}`, priority: Math.floor(random() * 3) });
    if (random() < 0.3) cache.nominate(hopeful, random() < 0.6 ? somewhere.name : '');
    if (random() < 0.1) {
      const there = [...somewhere.pods.values()];
      cache.trial(somewhere, ({ add, remove }) => {
        for (const one of there) remove(one);
        add(hopeful);
        messageOf(reusing, pod);
        for (const one of there.slice(1)) add(one);
        messageOf(reusing, pod);
      });
    }
    if (random() < 0.05) cache.setNode(testNode({ name: 'n0', cpu: String(1 + i), images: [{ names: ['app'], sizeBytes: i * 1e6 }] }));
    if (random() < 0.05)
      cache.setNode(testNode({ name: `n${i % 40}`, labels: { disk: 'ssd', 'topology.kubernetes.io/zone': `z${i % 4}` } }));
  }
});

test('what a pod on a node asks for parts pods that differ by a label alone, while it is there', () => {
  const { cache, fresh } = clusterOf([{ name: 'a', labels: { host: 'a' } }]);
  const placement = fresh();
  const term = { topologyKey: 'host', labelSelector: { matchLabels: { role: 'shunned' } } };
  const lone = testPodInfo({ name: 'lone', affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } });
  const shunned = testPodInfo({ name: 'shunned', labels: { role: 'shunned' } });
  const other = testPodInfo({ name: 'other', labels: { role: 'other' } });
  const find = (info: PodInfo): string => {
    try {
      return placement.find(info).name;
    } catch (error) {
      assert.ok(error instanceof FitError);
      return 'none';
    }
  };
  assert.deepEqual([find(other), find(shunned)], ['a', 'a']);
  cache.assume(lone, 'a');
  assert.deepEqual([find(other), find(shunned)], ['a', 'none']);
  cache.removePod(lone.uid);
  assert.deepEqual([find(other), find(shunned)], ['a', 'a']);
});

test('a pod counts with those of no lower priority that are nominated to a node, and is not in its own way', () => {
  const { cache, fresh } = clusterOf([{ name: 'a', cpu: '2' }]);
  const placement = fresh();
  const high = testPodInfo({ name: 'high', cpu: '2', priority: 10 });
  cache.nominate(high, 'a');
  const say = (pod: TestPod): string => messageOf(placement, { name: 'other', cpu: '1', ...pod });
  const full = '0/1 nodes are available: 1 Insufficient cpu.';
  assert.deepEqual([say({}), say({ priority: 10 }), say({ priority: 11 })], [full, full, 'a']);
  assert.equal(messageOf(placement, { name: 'high', cpu: '2', priority: 10 }), 'a');
  assert.equal(messageOf(placement, { name: 'like-it', cpu: '2', priority: 10 }), full);
  const away = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'host', labelSelector: {} }] } };
  cache.setNode(testNode({ name: 'a', cpu: '4', labels: { host: 'a' } }));
  assert.equal(say({}), 'a');
  cache.nominate(testPodInfo({ name: 'high', priority: 10, affinity: away }), 'a');
  assert.equal(say({}), "0/1 nodes are available: 1 node(s) didn't satisfy existing pods anti-affinity rules.");
  cache.withdraw(high.uid);
  assert.equal(say({}), 'a');
});

test('the pods of one workload are spread over nodes that are otherwise alike', () => {
  const labels = (name: string) => ({ 'kubernetes.io/hostname': name });
  const { cache, fresh } = clusterOf(['a', 'b'].map((name) => ({ name, cpu: '64', labels: labels(name) })));
  // Busy with other work: without spreading all would go to the other node.
  cache.assume(testPodInfo({ name: 'other', cpu: '8' }), 'a');
  const placement = fresh();
  const seen = Array.from({ length: 4 }, (_, i) => {
    const info = testPodInfo({ name: `web-${i}`, cpu: '10m', labels: { app: 'web' } });
    const node = placement.find(info);
    cache.assume(info, node.name);
    return node.name;
  });
  assert.deepEqual(seen.sort(), ['a', 'a', 'b', 'b']);
});

test('big clusters are sampled as upstream samples them', () => {
  assert.deepEqual(
    [50, 100, 1000, 5000, 10_000].map((n) => feasibleNodesToFind(n, 0)),
    [50, 100, 420, 500, 500],
  );
  assert.deepEqual([feasibleNodesToFind(1000, 30), feasibleNodesToFind(1000, 100), feasibleNodesToFind(200, 5)], [300, 1000, 100]);
});

test('a search goes on where the last one stopped', () => {
  const { fresh } = clusterOf(Array.from({ length: 400 }, (_, i) => ({ name: `n${i}` })));
  const placement = fresh();
  const seen = new Set(
    Array.from({ length: 4 }, (_, i) => Math.floor(Number(placement.find(testPodInfo({ name: `p${i}` })).name.slice(1)) / 190)),
  );
  assert.ok(seen.size >= 2, 'nodes of more than one part of the list were chosen');
});
