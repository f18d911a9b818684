import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cache } from '../../cache/cache.ts';
import { type TestPod, testNode, testNodeInfo, testPlugin, testPod, testPodInfo, verdictText } from '../../test-objects.ts';

const cache = new Cache();
const fit = (args: object = {}) => testPlugin('NodeResourcesFit', args, { cache });
const nodeResourcesFit = fit();

const filter = (...[pod, node]: [Parameters<typeof testPodInfo>[0], ReturnType<typeof testNodeInfo>]): string =>
  verdictText(nodeResourcesFit.filter?.(testPodInfo(pod), node, undefined));

test('each lack is named; what no node of this size could hold is unresolvable', () => {
  const node = testNodeInfo({ cpu: '2', memory: '1Gi' }, [{ cpu: '1500m', memory: '512Mi' }]);
  assert.equal(filter({ cpu: '500m', memory: '512Mi' }, node), 'fits');
  assert.equal(filter({ cpu: '501m', memory: '513Mi' }, node), 'Unschedulable: Insufficient cpu, Insufficient memory');
  assert.equal(filter({ cpu: '2001m' }, node), 'UnschedulableAndUnresolvable: Insufficient cpu');
  assert.equal(filter({}, testNodeInfo({ pods: '1' }, [{}])), 'Unschedulable: Too many pods');
});

test('extended resources and overhead count', () => {
  const gpu = { containers: [{ name: 'c', resources: { requests: { 'example.com/gpu': '1' } } }] };
  assert.equal(filter(gpu, testNodeInfo()), 'UnschedulableAndUnresolvable: Insufficient example.com/gpu');
  assert.equal(
    filter({ cpu: '1', overhead: { cpu: '100m' } }, testNodeInfo({ cpu: '1' })),
    'UnschedulableAndUnresolvable: Insufficient cpu',
  );
});

test('an init container counts beside the sidecars before it; sidecars run on beside the containers', () => {
  const container = (cpu: string, restartPolicy?: string) => ({
    name: 'c',
    resources: { requests: { cpu } },
    ...(restartPolicy && { restartPolicy }),
  });
  const pod = testPodInfo({
    initContainers: [container('100m', 'Always'), container('900m'), container('200m', 'Always')],
    containers: [container('500m')],
  });
  assert.equal(pod.requests.stated.milliCpu, 1000, 'init: 100 + 900; running: 500 + 100 + 200');
});

test('least allocated: the mean of what is left, with 100m and 200 MiB assumed of pods that state nothing', () => {
  const score = (pod: Parameters<typeof testPodInfo>[0], pods: Parameters<typeof testNodeInfo>[1]): number | undefined =>
    nodeResourcesFit.score?.(testPodInfo(pod), testNodeInfo({ cpu: '1', memory: '1000Mi' }, pods), undefined);
  assert.equal(score({ cpu: '250m', memory: '250Mi' }, [{ cpu: '250m', memory: '250Mi' }]), 50);
  assert.equal(score({}, []), 85, '90 % of the CPU, 80 % of the memory');
  assert.equal(score({}, [{}]), 70);
});

test('the strategy decides: the fullest node, or what a shape says of how full it is', () => {
  const scoreBy = (scoringStrategy: object, cpu: string): number | undefined =>
    fit({ scoringStrategy }).score?.(testPodInfo({ cpu }), testNodeInfo({ cpu: '1' }), undefined);
  const resources = [{ name: 'cpu', weight: 1 }];
  assert.deepEqual([scoreBy({ type: 'MostAllocated', resources }, '250m'), scoreBy({ type: 'MostAllocated', resources }, '2')], [25, 100]);
  const shape = [
    { utilization: 20, score: 0 },
    { utilization: 60, score: 10 },
    { utilization: 80, score: 5 },
  ];
  const ratio = { type: 'RequestedToCapacityRatio', resources, requestedToCapacityRatio: { shape } };
  assert.deepEqual(
    ['100m', '300m', '600m', '700m', '900m', '2'].map((cpu) => scoreBy(ratio, cpu)),
    [0, 25, 100, 75, 50, 50],
  );
});

test('extended resources can be left to others', () => {
  const gpu = testPodInfo({ containers: [{ name: 'c', resources: { requests: { 'example.com/gpu': '1' } } }] });
  for (const args of [{ ignoredResources: ['example.com/gpu'] }, { ignoredResourceGroups: ['example.com'] }])
    assert.equal(verdictText(fit(args).filter?.(gpu, testNodeInfo(), undefined)), 'fits');
  const huge = testPodInfo({ containers: [{ name: 'c', resources: { requests: { 'hugepages-2Mi': '2Mi' } } }] });
  const kept = fit({ ignoredResources: ['hugepages-2Mi'] }).filter?.(huge, testNodeInfo(), undefined);
  assert.equal(verdictText(kept), 'UnschedulableAndUnresolvable: Insufficient hugepages-2Mi', "Kubernetes' own can't");
});

test('a pod that goes helps those it makes room for: at once, or by preemption', () => {
  const gone = testPodInfo({ nodeName: 'a', cpu: '1' });
  const isHelped = (pod: TestPod): boolean | undefined => nodeResourcesFit.hints?.AssignedPod?.(testPodInfo(pod), { old: gone });
  cache.setNode(testNode({ name: 'a', cpu: '4' }));
  cache.setPod(testPod({ name: 'there', cpu: '2', priority: 5, nodeName: 'a' }));
  assert.deepEqual([isHelped({ cpu: '2' }), isHelped({ cpu: '3' }), isHelped({ cpu: '3', priority: 9 })], [true, false, true]);
  assert.equal(isHelped({ cpu: '3', priority: 9, preemptionPolicy: 'Never' }), false);
  cache.nominate(testPodInfo({ name: 'next', cpu: '2', priority: 3 }), 'a');
  assert.deepEqual([isHelped({ cpu: '2', priority: 3 }), isHelped({ cpu: '2', priority: 4 })], [false, true]);
  assert.equal(isHelped({ name: 'next', cpu: '2', priority: 3 }), true, 'its own nomination is not in its way');
});
