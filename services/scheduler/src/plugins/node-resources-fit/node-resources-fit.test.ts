import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testNodeInfo, testPlugin, testPodInfo, verdictText } from '../../test-objects.ts';

const nodeResourcesFit = testPlugin('NodeResourcesFit');

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
