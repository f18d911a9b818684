import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type TestNode, type TestPod, testNode, testPlugin, testPodInfo } from '../test-objects.ts';
import { type Change, eventName } from './cluster-event.ts';
import type { PodInfo } from './pod-info.ts';

interface Case {
  plugin: string;
  what: string;
  pod?: TestPod;
  node?: { now?: TestNode; old?: TestNode };
  /** A pod on a node. */
  other?: { now?: TestPod; old?: TestPod };
  /** The pod itself, as it was. */
  before?: TestPod;
  helps: boolean;
}

const taint = { key: 'k', effect: 'NoSchedule' };
const port = { containers: [{ name: 'c', ports: [{ containerPort: 80, hostPort: 80 }] }] };
const otherPort = { containers: [{ name: 'c', ports: [{ containerPort: 80, hostPort: 81 }] }] };
const ssd = { nodeSelector: { disk: 'ssd' } };
const cases: Case[] = [
  { plugin: 'NodeUnschedulable', what: 'uncordoned', node: { old: { unschedulable: true }, now: {} }, helps: true },
  { plugin: 'NodeUnschedulable', what: 'changed in another way', node: { old: {}, now: { cpu: '9' } }, helps: false },
  { plugin: 'NodeUnschedulable', what: 'a pod that goes', other: { old: {} }, helps: false },
  { plugin: 'NodeName', what: 'its node comes', pod: { nodeName: 'a' }, node: { now: { name: 'a' } }, helps: true },
  { plugin: 'NodeName', what: 'another node comes', pod: { nodeName: 'a' }, node: { now: { name: 'b' } }, helps: false },
  { plugin: 'TaintToleration', what: 'the taint goes', node: { old: { taints: [taint] }, now: {} }, helps: true },
  { plugin: 'TaintToleration', what: 'a node without comes', node: { now: {} }, helps: true },
  { plugin: 'TaintToleration', what: 'a tainted node comes', node: { now: { taints: [taint] } }, helps: false },
  { plugin: 'TaintToleration', what: 'it tolerates more', pod: { tolerations: [{ operator: 'Exists' }] }, before: {}, helps: true },
  { plugin: 'TaintToleration', what: 'its labels change', pod: { labels: { a: 'b' } }, before: {}, helps: false },
  { plugin: 'NodeAffinity', what: 'the label comes', pod: ssd, node: { old: {}, now: { labels: { disk: 'ssd' } } }, helps: true },
  { plugin: 'NodeAffinity', what: 'another label comes', pod: ssd, node: { old: {}, now: { labels: { disk: 'hdd' } } }, helps: false },
  {
    plugin: 'NodeAffinity',
    what: 'the label was there',
    pod: ssd,
    node: { old: { labels: { disk: 'ssd' } }, now: { cpu: '9', labels: { disk: 'ssd' } } },
    helps: false,
  },
  { plugin: 'NodePorts', what: 'who has the port goes', pod: port, other: { old: port }, helps: true },
  { plugin: 'NodePorts', what: 'who has another port goes', pod: port, other: { old: otherPort }, helps: false },
  { plugin: 'NodePorts', what: 'a node comes', pod: port, node: { now: {} }, helps: true },
  { plugin: 'NodeResourcesFit', what: 'a node that is big enough comes', pod: { cpu: '4' }, node: { now: { cpu: '4' } }, helps: true },
  { plugin: 'NodeResourcesFit', what: 'a small node comes', pod: { cpu: '4' }, node: { now: { cpu: '2' } }, helps: false },
  { plugin: 'NodeResourcesFit', what: 'a node gets a label', node: { old: {}, now: { labels: { a: 'b' } } }, helps: false },
  { plugin: 'NodeResourcesFit', what: 'a node grows', pod: { cpu: '3' }, node: { old: { cpu: '2' }, now: { cpu: '4' } }, helps: true },
  { plugin: 'NodeResourcesFit', what: 'a node shrinks', pod: { cpu: '3' }, node: { old: { cpu: '5' }, now: {} }, helps: false },
  { plugin: 'NodeResourcesFit', what: 'it grows in memory', pod: { cpu: '3' }, node: { old: {}, now: { memory: '9Gi' } }, helps: false },
  { plugin: 'NodeResourcesFit', what: 'it takes more pods', node: { old: {}, now: { pods: '250' } }, helps: true },
  { plugin: 'SchedulingGates', what: 'anything', node: { now: {} }, helps: false },
];

for (const { plugin, what, pod = {}, node, other, before, helps } of cases)
  test(`a pod that ${plugin} rejects is ${helps ? '' : 'not '}helped: ${what}`, () => {
    const { hints } = testPlugin(plugin);
    const waiting = testPodInfo(pod);
    const change = <F, T>(make: (from: F) => T, { now, old }: { now?: F; old?: F }): Change<T> => ({
      ...(now && { now: make(now) }),
      ...(old && { old: make(old) }),
    });
    const answers = [
      node && hints?.Node?.(waiting, change(testNode, node)),
      other && hints?.AssignedPod?.(waiting, change(testPodInfo, other)),
      before && hints?.UnschedulablePod?.(waiting, { now: waiting, old: testPodInfo(before) }),
    ];
    assert.equal(answers.some(Boolean), helps);
  });

test('events have names as metrics tell them', () => {
  const [now, old]: PodInfo[] = [testPodInfo(), testPodInfo()];
  assert.deepEqual(
    [{ now }, { old }, { now, old }].map((change) => eventName({ resource: 'AssignedPod', ...change })),
    ['AssignedPodAdd', 'AssignedPodDelete', 'AssignedPodUpdate'],
  );
});
