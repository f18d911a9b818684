import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Affinity, PodAffinityTerm } from '@t8s/api';
import { Cache } from '../../cache/cache.ts';
import { type TestPod, testNode, testPlugin, testPod, testPodInfo, verdictText } from '../../test-objects.ts';

const namespaces: Record<string, Record<string, string>> = { default: {}, prod: { stage: 'prod' } };
const context = { namespaceLabels: (name: string) => namespaces[name] };
const plugin = testPlugin('InterPodAffinity', {}, context);

/** Nodes a and b in zone x, c in y, d in none. */
function clusterOf(...pods: readonly (TestPod & { nodeName: string })[]): Cache {
  const cache = new Cache();
  for (const [name, zone] of [['a', 'x'], ['b', 'x'], ['c', 'y'], ['d']] as const)
    cache.setNode(testNode({ name, labels: { host: name, ...(zone && { zone }) } }));
  pods.forEach((pod, i) => {
    cache.setPod(testPod({ name: `on-${i}`, ...pod }));
  });
  return cache;
}

const term = (app: string, topologyKey: string, more: Partial<PodAffinityTerm> = {}): PodAffinityTerm => ({
  topologyKey,
  labelSelector: { matchLabels: { app } },
  ...more,
});
const near = (...terms: PodAffinityTerm[]): Affinity => ({ podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms } });
const away = (...terms: PodAffinityTerm[]): Affinity => ({ podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms } });
const labelled = (app: string): TestPod => ({ labels: { app } });

const words: Record<string, string> = {
  fits: 'fits',
  "UnschedulableAndUnresolvable: node(s) didn't match pod affinity rules": 'affinity',
  "Unschedulable: node(s) didn't match pod anti-affinity rules": 'anti-affinity',
  "Unschedulable: node(s) didn't satisfy existing pods anti-affinity rules": 'existing',
};

/** What the filter says of nodes a, b, c and d. */
function filterAll(cache: Cache, pod: TestPod): string[] {
  const info = testPodInfo(pod);
  const result = plugin.preFilter?.(info, cache);
  assert.ok(result && 'state' in result);
  plugin.beforeFilter?.(result.state, cache);
  return ['a', 'b', 'c', 'd'].map((name) => {
    const node = cache.node(name);
    assert.ok(node);
    return words[verdictText(plugin.filter?.(info, node, result.state))] ?? 'other words';
  });
}

test('required affinity keeps to the domains where all terms find their pods', () => {
  const cache = clusterOf({ ...labelled('db'), nodeName: 'a' }, { ...labelled('cache'), nodeName: 'c' });
  assert.deepEqual(filterAll(cache, { affinity: near(term('db', 'zone')) }), ['fits', 'fits', 'affinity', 'affinity']);
  assert.deepEqual(filterAll(cache, { affinity: near(term('db', 'host')) }), ['fits', 'affinity', 'affinity', 'affinity']);
  const both = near(term('db', 'zone'), term('cache', 'zone'));
  assert.deepEqual(filterAll(cache, { affinity: both }), Array(4).fill('affinity'), 'one pod must be what all terms want');
});

test('the first of a group that wants itself may go anywhere in the topology; a second may not', () => {
  const pod = { ...labelled('web'), affinity: near(term('web', 'zone')) };
  assert.deepEqual(filterAll(clusterOf(), pod), ['fits', 'fits', 'fits', 'affinity']);
  assert.deepEqual(filterAll(clusterOf({ ...labelled('web'), nodeName: 'c' }), pod), ['affinity', 'affinity', 'fits', 'affinity']);
  assert.deepEqual(filterAll(clusterOf(), { affinity: near(term('web', 'zone')) }), Array(4).fill('affinity'));
});

test('anti-affinity holds from both sides', () => {
  const cache = clusterOf({ ...labelled('db'), nodeName: 'a', affinity: away(term('web', 'zone')) });
  assert.deepEqual(filterAll(cache, labelled('web')), ['existing', 'existing', 'fits', 'fits']);
  assert.deepEqual(filterAll(cache, labelled('other')), Array(4).fill('fits'));
  assert.deepEqual(filterAll(cache, { affinity: away(term('db', 'host')) }), ['anti-affinity', 'fits', 'fits', 'fits']);
});

test('terms are about the own namespace, those named, and those selected', () => {
  const cache = clusterOf({ ...labelled('db'), nodeName: 'a', namespace: 'prod' });
  const of = (more: Partial<PodAffinityTerm>): string | undefined => filterAll(cache, { affinity: away(term('db', 'host', more)) })[0];
  assert.equal(of({}), 'fits');
  assert.equal(of({ namespaces: ['prod'] }), 'anti-affinity');
  assert.equal(of({ namespaceSelector: {} }), 'anti-affinity');
  assert.equal(of({ namespaceSelector: { matchLabels: { stage: 'prod' } } }), 'anti-affinity');
  assert.equal(of({ namespaceSelector: { matchLabels: { stage: 'test' } } }), 'fits');
});

test('matchLabelKeys keep to pods of the same value, mismatchLabelKeys to others', () => {
  const cache = clusterOf({ labels: { app: 'web', hash: 'old' }, nodeName: 'a' });
  const of = (hash: string, more: Partial<PodAffinityTerm>): string | undefined =>
    filterAll(cache, { labels: { app: 'web', hash }, affinity: away(term('web', 'host', more)) })[0];
  assert.deepEqual(
    ['old', 'new'].map((hash) => of(hash, { matchLabelKeys: ['hash'] })),
    ['anti-affinity', 'fits'],
  );
  assert.deepEqual(
    ['old', 'new'].map((hash) => of(hash, { mismatchLabelKeys: ['hash'] })),
    ['fits', 'anti-affinity'],
  );
});

/** Normalised scores of nodes a, b, c and d. */
function scoreAll(cache: Cache, pod: TestPod): number[] {
  const info = testPodInfo(pod);
  const result = plugin.preScore?.(info, cache);
  assert.ok(result && 'state' in result);
  plugin.beforeScore?.(result.state, cache, cache.nodes);
  const nodes = [...cache.nodes].sort((a, b) => (a.name < b.name ? -1 : 1));
  const scores = nodes.map((node) => plugin.score?.(info, node, result.state) ?? Number.NaN);
  plugin.normalize?.(scores);
  return scores;
}

test('preferences of both sides add up, and those of pods that require this one weigh 1', () => {
  const preferred = (weight: number, podAffinityTerm: PodAffinityTerm) => [{ weight, podAffinityTerm }];
  const cache = clusterOf({ ...labelled('db'), nodeName: 'a' }, { ...labelled('db'), nodeName: 'c', affinity: near(term('web', 'host')) });
  const wants: Affinity = { podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: preferred(4, term('db', 'host')) } };
  assert.deepEqual(scoreAll(cache, { ...labelled('web'), affinity: wants }), [80, 0, 100, 0]);
  const shuns: Affinity = { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: preferred(5, term('db', 'zone')) } };
  assert.deepEqual(scoreAll(cache, { ...labelled('other'), affinity: shuns }), [0, 0, 0, 100]);
  assert.deepEqual(scoreAll(cache, labelled('web')), [0, 0, 100, 0]);
  const scores = [-50, -21, 50];
  plugin.normalize?.(scores);
  assert.deepEqual(scores, [0, 28, 100], 'cut as floating point has it');
});

test('without any such pod there, a pod without terms is none of its business, whatever its labels', () => {
  const cache = clusterOf({ ...labelled('db'), nodeName: 'a' });
  const info = testPodInfo(labelled('web'));
  assert.deepEqual(
    [plugin.sign?.(info, cache), plugin.preFilter?.(info, cache), plugin.preScore?.(info, cache)],
    [null, { skip: true }, { skip: true }],
  );
  const { revision } = cache;
  cache.setPod(testPod({ name: 'lone', nodeName: 'b', affinity: away(term('web', 'host')) }));
  assert.notEqual(cache.revision, revision, 'waiting pods are signed anew');
  assert.notEqual(plugin.sign?.(info, cache), null);
});

test('a waiting pod is helped by pods that it is about, or that are about it', () => {
  const waiting = testPodInfo({ ...labelled('web'), affinity: near(term('db', 'zone')) });
  const isHelpedBy = (pod: TestPod, when: 'now' | 'old') => plugin.hints?.AssignedPod?.(waiting, { [when]: testPodInfo(pod) });
  assert.equal(isHelpedBy(labelled('db'), 'now'), true);
  assert.equal(isHelpedBy(labelled('web'), 'now'), false);
  const shy = { affinity: away(term('web', 'zone')) };
  assert.deepEqual([isHelpedBy(shy, 'now'), isHelpedBy(shy, 'old')], [false, true]);
  const db = testPodInfo(labelled('db'));
  assert.equal(plugin.hints?.AssignedPod?.(waiting, { now: db, old: db }), false, 'it was there before');
  assert.equal(isHelpedBy(labelled('db'), 'old'), false, 'the last that it wants is gone, and it does not want itself');
});
