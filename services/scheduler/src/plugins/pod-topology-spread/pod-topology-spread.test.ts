import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TopologySpreadConstraint } from '@t8s/api';
import { type Selector, selectorFromMap } from '@t8s/meta';
import { Cache } from '../../cache/cache.ts';
import { type TestNode, type TestPod, testNode, testPlugin, testPod, testPodInfo, verdictText } from '../../test-objects.ts';

const zone = 'topology.kubernetes.io/zone';
const hostname = 'kubernetes.io/hostname';
const labels = { app: 'web' };

function clusterOf(nodes: readonly (TestNode & { name: string })[], pods: readonly (TestPod & { nodeName: string })[]): Cache {
  const cache = new Cache();
  for (const node of nodes) cache.setNode(testNode({ ...node, labels: { [hostname]: node.name, ...node.labels } }));
  pods.forEach((pod, i) => {
    cache.setPod(testPod({ name: `on-${i}`, labels, ...pod }));
  });
  return cache;
}

const on = (...nodeNames: string[]) => nodeNames.map((nodeName) => ({ nodeName }));
const zoned = (name: string, of: string, node: TestNode = {}) => ({ ...node, name, labels: { ...node.labels, [zone]: of } });
const constraint = (more: Partial<TopologySpreadConstraint> = {}): TopologySpreadConstraint => ({
  maxSkew: 1,
  topologyKey: zone,
  whenUnsatisfiable: 'DoNotSchedule',
  labelSelector: { matchLabels: labels },
  ...more,
});

const plugin = testPlugin('PodTopologySpread', {}, { workloadSelector: (): Selector => selectorFromMap({}) });

/** For each node in turn what the filter says of a pod with one constraint. */
function filterAll(cache: Cache, more: Partial<TopologySpreadConstraint> = {}, pod: TestPod = {}): string[] {
  const info = testPodInfo({ labels, topologySpreadConstraints: [constraint(more)], ...pod });
  const result = plugin.preFilter?.(info, cache);
  assert.ok(result && 'state' in result);
  plugin.beforeFilter?.(result.state, cache);
  return [...cache.nodes]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((node) =>
      verdictText(plugin.filter?.(info, node, result.state)).replace("node(s) didn't match pod topology spread constraints", '-'),
    );
}

const no = 'Unschedulable: -';

test('a domain may exceed the emptiest by maxSkew; pods that go, or live elsewhere, are not counted', () => {
  const nodes = [zoned('a', 'x'), zoned('b', 'y'), { name: 'c' }];
  const missing = 'UnschedulableAndUnresolvable: - (missing required label)';
  assert.deepEqual(filterAll(clusterOf(nodes, on('a'))), [no, 'fits', missing]);
  assert.deepEqual(filterAll(clusterOf(nodes, on('a')), { maxSkew: 2 }), ['fits', 'fits', missing]);
  assert.deepEqual(filterAll(clusterOf(nodes, [{ nodeName: 'a', namespace: 'other' }])), ['fits', 'fits', missing]);
  assert.deepEqual(filterAll(clusterOf(nodes, on('a')), {}, { labels: { app: 'db' } }), ['fits', 'fits', missing], 'does not count itself');
  const going = clusterOf(nodes, []);
  const pod = testPod({ name: 'going', labels, nodeName: 'a' });
  pod.metadata.deletionTimestamp = '2026-01-01T00:00:00Z';
  going.setPod(pod);
  assert.deepEqual(filterAll(going), ['fits', 'fits', missing]);
});

test('with fewer domains than minDomains the emptiest counts as empty', () => {
  const cache = clusterOf([zoned('a', 'x'), zoned('b', 'y')], on('a', 'b'));
  assert.deepEqual(filterAll(cache), ['fits', 'fits']);
  assert.deepEqual(filterAll(cache, { minDomains: 3 }), [no, no]);
});

test('policies say which nodes have domains: by default those the pod may select, tainted or not', () => {
  const taints = [{ key: 'k', effect: 'NoSchedule' }];
  const nodes = [zoned('a', 'x', { labels: { disk: 'ssd' } }), zoned('b', 'y'), zoned('c', 'z', { labels: { disk: 'ssd' }, taints })];
  const ssd = { nodeSelector: { disk: 'ssd' } };
  const cache = clusterOf(nodes, on('a', 'c'));
  assert.equal(filterAll(cache, {}, ssd)[0], 'fits', 'y is out of reach and not the emptiest');
  assert.equal(filterAll(cache, { nodeAffinityPolicy: 'Ignore' }, ssd)[0], no);
  const untainted = clusterOf(nodes, on('a'));
  assert.equal(filterAll(untainted, {}, ssd)[0], no, 'z is empty');
  assert.equal(filterAll(untainted, { nodeTaintsPolicy: 'Honor' }, ssd)[0], 'fits', 'z does not count');
});

test('matchLabelKeys count only pods with the same values', () => {
  const revision = (hash: string) => ({ ...labels, 'pod-template-hash': hash });
  const cache = clusterOf([zoned('a', 'x'), zoned('b', 'y')], [{ nodeName: 'a', labels: revision('old') }]);
  const matchLabelKeys = ['pod-template-hash', 'absent'];
  assert.deepEqual(filterAll(cache, { matchLabelKeys }, { labels: revision('new') }), ['fits', 'fits']);
  assert.deepEqual(filterAll(cache, { matchLabelKeys }, { labels: revision('old') }), [no, 'fits']);
});

/** Normalised scores by node, all of which are feasible. */
function scoreAll(cache: Cache, pod: TestPod, of = plugin): Record<string, number> {
  const info = testPodInfo({ labels, ...pod });
  const result = of.preScore?.(info, cache);
  assert.ok(result && 'state' in result);
  of.beforeScore?.(result.state, cache, cache.nodes);
  const scores = cache.nodes.map((node) => of.score?.(info, node, result.state) ?? Number.NaN);
  of.normalize?.(scores);
  return Object.fromEntries(cache.nodes.map(({ name }, i) => [name, scores[i] ?? Number.NaN]));
}

test('soft constraints prefer emptier domains; nodes without the label come last', () => {
  const cache = clusterOf([zoned('a', 'x'), zoned('b', 'x'), zoned('c', 'y'), { name: 'd' }], on('a', 'a', 'b', 'c'));
  const soft = constraint({ whenUnsatisfiable: 'ScheduleAnyway' });
  // 3 and 1 pods, each weighing ln 4, rounded: 4 and 1.
  assert.deepEqual(scoreAll(cache, { topologySpreadConstraints: [soft] }), { a: 25, b: 25, c: 100, d: 0 });
});

test('members of a workload are spread by default, also over nodes without a zone; others are not', () => {
  const cache = clusterOf([{ name: 'a' }, { name: 'b' }], on('a', 'a', 'b'));
  const spreading = testPlugin('PodTopologySpread', {}, { workloadSelector: (): Selector => selectorFromMap(labels) });
  // 2 and 1 pods, each weighing ln 4, and 2 for maxSkew 3, rounded: 5 and 3.
  assert.deepEqual(scoreAll(cache, {}, spreading), { a: 60, b: 100 });
  assert.deepEqual(plugin.preScore?.(testPodInfo({ labels }), cache), { skip: true });
  assert.deepEqual(spreading.preFilter?.(testPodInfo({ labels }), cache), { skip: true });
});

test('a waiting pod is helped by pods that count, wherever they come or go', () => {
  const waiting = testPodInfo({ labels, topologySpreadConstraints: [constraint()] });
  const pod = (of: Record<string, string>) => plugin.hints?.AssignedPod?.(waiting, { old: testPodInfo({ labels: of }) });
  assert.deepEqual([pod(labels), pod({ app: 'db' })], [true, false]);
  const node = (now: TestNode, old?: TestNode) => plugin.hints?.Node?.(waiting, { now: testNode(now), ...(old && { old: testNode(old) }) });
  const inX = { labels: { [zone]: 'x' } };
  assert.deepEqual([node(inX), node({ ...inX, cpu: '9' }, inX), node(inX, {}), node({})], [true, false, true, false], 'all in a domain');
  const other = testPodInfo({ labels });
  const going = testPodInfo({ labels });
  going.pod.metadata.deletionTimestamp = '2026-11-21T15:00:00Z';
  const helps = (change: object) => plugin.hints?.AssignedPod?.(waiting, change);
  assert.deepEqual([helps({ now: other, old: other }), helps({ now: going, old: other }), helps({ old: going })], [false, true, false]);
});
