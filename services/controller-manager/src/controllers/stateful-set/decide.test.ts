import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod, StatefulSet, StatefulSetSpec } from '@t8s/api';
import { now, podIn } from '../../test-pods.ts';
import { decide, type Step } from './decide.ts';
import { statefulSetStatus } from './status.ts';

/** `0a 1b? 2a~`: ordinals with their revision (a is the current one, b the update) and their state. */
const podsOf = (text: string): Pod[] =>
  text
    .split(' ')
    .filter(Boolean)
    .map((word) => {
      const [, ordinal, revision = '', state = ''] = /^(\d+)([ab])(.?)$/.exec(word) ?? [];
      return podIn(state, `web-${ordinal}`, revision);
    });

const setOf = (spec: Partial<StatefulSetSpec>): StatefulSet => ({
  metadata: { name: 'web', generation: 4 },
  spec: {
    replicas: 3,
    selector: {},
    template: {},
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
    ...spec,
  },
});

const show = (step: Step): string =>
  step.what === 'create'
    ? `+${step.ordinal}${step.revision.name}`
    : `${{ delete: '-', keep: '', own: '@' }[step.what]}${step.pod.metadata.name?.slice(4)}`;

function steps(pods: string, spec: Partial<StatefulSetSpec> = {}, stale: number[] = []): string {
  const revision = (name: string): { name: string; template: object } => ({ name, template: {} });
  const groups = decide({
    set: setOf(spec),
    pods: podsOf(pods),
    current: revision('a'),
    update: revision('b'),
    isStale: (ordinal) => stale.includes(ordinal),
    now,
  });
  return groups
    .filter((group) => group.length > 0)
    .map((group) => group.map(show).join(' '))
    .join(', ');
}

const parallel = { podManagementPolicy: 'Parallel' };
const unpartitioned = { updateStrategy: { type: 'RollingUpdate' } };
const partition = (n: number): Partial<StatefulSetSpec> => ({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: n } } });

/** `+` made, `-` deleted, `@` its claims given an owner, a bare ordinal looked after. One after the other by commas, at once by spaces. */
const cases: [why: string, pods: string, steps: string, spec?: Partial<StatefulSetSpec>, stale?: number[]][] = [
  ['the first comes first', '', '+0b'],
  ['the next waits for the one before', '0b?', '0'],
  ['and comes when that is available', '0b', '0, +1b'],
  ['which takes minReadySeconds', '0b+', '0', { minReadySeconds: 5 }],
  ['a gap is filled before anything else', '0b 2a', '0, +1b'],
  ['one that is going is waited for', '0b~ 1b 2b', ''],
  ['one that failed is made again', '0b 1bx 2b', '0, -1'],
  ['whatever its exit code', '0bd 1b 2b', '-0'],
  ['ordinals have a start', '0b 5b', '5, +6b', { ordinals: { start: 5 }, replicas: 2 }],
  ['and those before it go', '0b 5b 6b', '5, 6, @0, -0', { ordinals: { start: 5 }, replicas: 2 }],
  ['scaled down from the end, one at a time', '0b 1b 2b 3b', '0, 1, @3, @2, -3', { replicas: 2 }],
  ['when the one before has gone', '0b 1b 2b 3b~', '0, 1, @3, @2', { replicas: 2 }],
  ['not while one that stays is unavailable', '0b? 1b 2b', '0', { replicas: 2 }],
  ['nor one that is broken, before those below it are well', '0b 1b? 2b?', '0, @2, @1', { replicas: 1 }],
  ['unless it is the lowest of them', '0b 1b 2b?', '0, @2, @1, -2', { replicas: 1 }],
  ['scaling comes before updating', '0a 1a 2a 3a', '0, 1, 2, @3, -3'],
  ['an update goes down from the end', '0a 1a 2a', '0, 1, 2, -2'],
  ['one at a time', '0a 1a 2b?', '0, 1, 2'],
  ['to the next', '0a 1a 2b', '0, 1, 2, -1'],
  ['to the end', '0b 1b 2b', '0, 1, 2'],
  ['or to the partition', '0a 1a 2b', '0, 1, 2', partition(2)],
  ['below which pods come back as they were', '1a 2b', '+0a', partition(2)],
  ['and above which they are updated', '0a 1a', '0, 1, +2b', partition(2)],
  ['a partition counts from the start', '6a 7b', '+5a', { ...partition(2), ordinals: { start: 5 } }],
  ['without one those come back as they were that the update had not reached', '1a 2b', '+0a', unpartitioned],
  ['but not those that it deleted', '0a 2b', '0, +1b', unpartitioned],
  ['on delete only', '0a 1a 2a', '0, 1, 2', { updateStrategy: { type: 'OnDelete' } }],
  ['pods are updated', '0a 1a', '0, 1, +2b', { updateStrategy: { type: 'OnDelete' } }],
  ['a claim on its way out is waited for', '0b', '0', {}, [1]],
  ['parallel: all at once', '0b?', '0 +1b +2b', parallel],
  ['down too, whatever their state', '0b? 1b 2b? 3b~', '0, @3 @2 @1, -2 -1', { ...parallel, replicas: 1 }],
  ['but an update is one at a time', '0a 1a 2a', '0 1 2, -2', parallel],
  ['and waits', '0a 1a? 2b+', '0 1 2', { ...parallel, minReadySeconds: 5 }],
  ['only a claim on its way out holds up its own pod', '0b', '0 +2b', parallel, [1]],
];

test('what comes next', () => {
  for (const [why, pods, expected, spec, stale] of cases) assert.equal(steps(pods, spec, stale), expected, why);
});

test('an update counts by revision, and is over when all pods are updated and ready', () => {
  const status = (pods: string, spec: Partial<StatefulSetSpec> = {}): (number | string | undefined)[] => {
    const result = statefulSetStatus({ set: setOf(spec), pods: podsOf(pods), current: 'a', update: 'b', collisionCount: 0, now });
    const { replicas, readyReplicas, availableReplicas, currentReplicas, updatedReplicas, currentRevision, updateRevision } = result;
    return [replicas, readyReplicas, availableReplicas, currentReplicas, updatedReplicas, currentRevision, updateRevision];
  };
  assert.deepEqual(status('0a 1a~ 2b?'), [3, 2, 2, 1, 1, 'a', 'b']);
  assert.deepEqual(status('0b 1b 2b?'), [3, 2, 2, 0, 3, 'a', 'b']);
  assert.deepEqual(status('0b 1b 2b+', { minReadySeconds: 5 }), [3, 3, 2, 3, 3, 'b', 'b']);
  assert.deepEqual(status('0b 1b 2b', { updateStrategy: { type: 'OnDelete' } }), [3, 3, 3, 0, 3, 'a', 'b']);
});
