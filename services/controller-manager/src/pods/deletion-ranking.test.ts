import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '@t8s/api';
import { rankForDeletion } from './deletion-ranking.ts';

const now = Date.UTC(2025, 0, 2);
interface Options {
  node?: string;
  phase?: string;
  readyFor?: number;
  cost?: string;
  restarts?: number;
  age?: number;
}
const seconds = (n: number): string => new Date(now - n * 1000).toISOString();

function pod(name: string, { node = 'n', phase = 'Running', readyFor = 100, cost, restarts = 0, age = 100 }: Options = {}): Pod {
  const ready = readyFor >= 0 ? [{ type: 'Ready', status: 'True', lastTransitionTime: seconds(readyFor) }] : [];
  return {
    metadata: {
      name,
      uid: name,
      creationTimestamp: seconds(age),
      ...(cost && { annotations: { 'controller.kubernetes.io/pod-deletion-cost': cost } }),
    },
    spec: { containers: [], ...(node && { nodeName: node }) },
    status: {
      phase,
      conditions: ready,
      containerStatuses: [{ name: 'c', image: '', imageID: '', ready: readyFor >= 0, restartCount: restarts }],
    },
  };
}

function sidecar(name: string, restartCount: number): Pod {
  const { spec, status, ...rest } = pod(name);
  const initContainerStatuses = [{ name: 's', image: '', imageID: '', ready: true, restartCount }];
  return {
    ...rest,
    spec: { ...spec, initContainers: [{ name: 's', restartPolicy: 'Always' }] },
    status: { ...status, initContainerStatuses },
  };
}

test('each rule decides before the next', () => {
  const steps: [first: Pod, second: Pod][] = [
    [pod('unassigned', { node: '', phase: 'Running' }), pod('assigned', { phase: 'Pending', readyFor: -1 })],
    [pod('pending', { phase: 'Pending' }), pod('running', { readyFor: -1 })],
    [pod('unready', { readyFor: -1, cost: '10' }), pod('ready')],
    [pod('cheap', { cost: '-5' }), pod('dear', { cost: '5', readyFor: 1 })],
    [pod('new-ready', { readyFor: 1 }), pod('old-ready', { readyFor: 1000, restarts: 9 })],
    [pod('restarted', { restarts: 3 }), pod('calm', { age: 1 })],
    [pod('young', { age: 1 }), pod('old', { age: 1000 })],
    [sidecar('restarted-beside', 1), sidecar('calm-beside', 0)],
    [pod('a', { readyFor: 21_600 }), pod('b', { readyFor: 18_000, restarts: 9 })],
  ];
  for (const [first, second] of steps) assert.deepEqual(rankForDeletion([second, first], [], now), [first, second], first.metadata.name);
});

test('a node with more of the owner’s pods gives one up first', () => {
  const alone = pod('alone', { node: 'a', readyFor: 1 });
  const doubled = pod('doubled', { node: 'b', readyFor: 1000 });
  assert.equal(rankForDeletion([alone, doubled], [alone, doubled, pod('x', { node: 'b' })], now)[0], doubled);
});
