import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DaemonSet, DaemonSetUpdateStrategy, Node, Pod } from '@t8s/api';
import { now, podIn } from '../../test-pods.ts';
import { type Decision, daemonSetStatus, manage, rollingUpdate, type State } from './decide.ts';

/** A node by a comma: its pods, older first, `a` of an old revision and `b` of the present, each with its state. */
function stateOf(text: string, updateStrategy: DaemonSetUpdateStrategy, minReadySeconds = 0): State {
  const nodes: Node[] = [];
  const podsOn = new Map<string, Pod[]>();
  for (const [i, words] of text.split(',').entries()) {
    const name = `n${i}`;
    nodes.push({ metadata: { name, labels: { role: words.includes('!') ? 'other' : 'x' } }, spec: {} });
    const pods = words.split(' ').filter((word) => /^[ab]/.test(word));
    podsOn.set(
      name,
      pods.map(([revision = '', state = ''], age) => {
        const { metadata, ...pod } = podIn(state, `${name}${revision}`, revision);
        return { ...pod, metadata: { ...metadata, creationTimestamp: `2025-01-01T00:00:0${age}Z` } };
      }),
    );
  }
  const template = { spec: { containers: [], nodeSelector: { role: 'x' } } };
  const set: DaemonSet = { metadata: { name: 'd' }, spec: { selector: {}, template, updateStrategy, minReadySeconds } };
  return { set, hash: 'b', collisionCount: 0, nodes, podsOn, now };
}

const show = ({ createOn, remove, ended }: Decision): string =>
  [
    ...createOn.map((node) => `+${node}`),
    ...remove.map((pod) => `-${pod.metadata.name}`),
    ...ended.map((pod) => `x${pod.metadata.name}`),
  ].join(' ');

const unavailable = (maxUnavailable: number | string): DaemonSetUpdateStrategy => ({
  type: 'RollingUpdate',
  rollingUpdate: { maxUnavailable },
});
const surge = (maxSurge: number | string): DaemonSetUpdateStrategy => ({
  type: 'RollingUpdate',
  rollingUpdate: { maxSurge, maxUnavailable: 0 },
});

test('one pod a node', () => {
  const cases: [why: string, pods: string, does: string, strategy?: DaemonSetUpdateStrategy, minReadySeconds?: number][] = [
    ['where there is none', ',b', '+n0'],
    ['when the one before has gone', 'a~', ''],
    ['with surge, too', 'a~', '', surge(1)],
    ['when it has ended, and something holds it', 'a_', '+n0'],
    ['not where it does not belong', '! b,!', '-n0b'],
    ['the oldest of several', 'b a', '-n0a'],
    ['what has ended is made again', 'bx,bd', 'xn0b xn1b'],
    ['with surge an old one beside a new one', 'a b?', '', surge(1)],
    ['until this is available', 'a b', '-n0a', surge(1)],
    ['for minReadySeconds', 'a b+', '', surge(1), 5],
    ['or that is not ready', 'a? b?', '-n0a', surge(1)],
    ['and no third', 'a a b?', '-n0a', surge(1)],
  ];
  for (const [why, pods, does, strategy = unavailable(1), minReadySeconds] of cases)
    assert.equal(show(manage(stateOf(pods, strategy, minReadySeconds))), does, why);
});

test('an update goes as far as its bound', () => {
  const cases: [why: string, pods: string, does: string, strategy: DaemonSetUpdateStrategy, minReadySeconds?: number][] = [
    ['one after the other', 'a,a,a', '-n0a', unavailable(1)],
    ['a share rounds up', 'a,a,a', '-n0a -n1a', unavailable('50%')],
    ['new ones that are not ready count', 'b?,a,a', '', unavailable(1)],
    ['for minReadySeconds', 'b+,a,a', '', unavailable(1), 5],
    ['so do those that are going', 'a~,a,a', '', unavailable(1)],
    ['broken old ones go at once', 'b?,a,a?', '-n2a', unavailable(1)],
    ['a surge comes before the old one goes', 'a,a,a', '+n0', surge(1)],
    ['a share of it rounds up', 'a,a,a', '+n0 +n1', surge('50%')],
    ['and waits', 'a b?,a,a', '', surge(1)],
    ['but not where nothing works', 'a b?,a?,a', '+n1', surge(1)],
    ['nodes that have none count, too', ',a,a', '', unavailable(1)],
    ['where it may only stay, it goes, too', '! a,a,a', '-n0a', unavailable(1)],
    ['with surge when another is there', '! a,b?,a', '+n2', surge(1)],
    ['that works', '! a,b,b', '-n0a', surge(1)],
  ];
  for (const [why, pods, does, strategy, minReadySeconds] of cases)
    assert.equal(show(rollingUpdate(stateOf(pods, strategy, minReadySeconds))), does, why);
});

test('the status counts nodes by their first pod', () => {
  const { observedGeneration: _, ...status } = daemonSetStatus(stateOf('b,a~,b?,,! a,a b', unavailable(1)));
  assert.deepEqual(status, {
    desiredNumberScheduled: 5,
    currentNumberScheduled: 4,
    numberMisscheduled: 1,
    numberReady: 3,
    updatedNumberScheduled: 2,
    numberAvailable: 3,
    numberUnavailable: 2,
  });
});
