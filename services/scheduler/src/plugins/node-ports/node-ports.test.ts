import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ContainerPort } from '@t8s/api';
import { type TestPod, testNodeInfo, testPodInfo, verdictText } from '../../test-objects.ts';
import { nodePorts } from './node-ports.ts';

const onPort = (port: Partial<ContainerPort>): TestPod => ({
  containers: [{ name: 'c', ports: [{ containerPort: 80, hostPort: 80, ...port }] }],
});
const taken = "Unschedulable: node(s) didn't have free ports for the requested pod ports";

test('a port is taken for its protocol and address, and 0.0.0.0 is every address', () => {
  const node = testNodeInfo({}, [onPort({ hostIP: '10.0.0.1' })]);
  const verdict = (port: Partial<ContainerPort>): string => verdictText(nodePorts.filter?.(testPodInfo(onPort(port)), node, undefined));
  assert.equal(verdict({}), taken);
  assert.equal(verdict({ hostIP: '10.0.0.1' }), taken);
  assert.equal(verdict({ hostIP: '10.0.0.2' }), 'fits');
  assert.equal(verdict({ protocol: 'UDP' }), 'fits');
  assert.equal(verdict({ hostPort: 81 }), 'fits');
});

test('sidecars hold ports, other init containers do not; the port is free when the pod is gone', () => {
  const init = (restartPolicy?: string): TestPod => ({
    initContainers: [{ name: 'i', ports: [{ containerPort: 80, hostPort: 80 }], ...(restartPolicy && { restartPolicy }) }],
  });
  const wants = testPodInfo(onPort({}));
  assert.equal(verdictText(nodePorts.filter?.(wants, testNodeInfo({}, [init()]), undefined)), 'fits');
  const node = testNodeInfo({}, [init('Always')]);
  assert.equal(verdictText(nodePorts.filter?.(wants, node, undefined)), taken);
  node.removePod('default/on-n-0');
  assert.equal(verdictText(nodePorts.filter?.(wants, node, undefined)), 'fits');
});
