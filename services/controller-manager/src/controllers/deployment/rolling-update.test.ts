import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Deployment, ReplicaSet } from '@t8s/api';
import type { IntOrString } from '@t8s/meta';
import { maxSurge, maxUnavailable } from './bounds.ts';
import { resizeNew, resizeOld } from './rolling-update.ts';

const deployment = (replicas: number, surge: IntOrString, unavailable: IntOrString): Deployment => ({
  metadata: { name: 'web' },
  spec: {
    replicas,
    selector: {},
    template: {},
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: surge, maxUnavailable: unavailable } },
  },
});

test('surge rounds up, unavailability down; not both to nothing, nor more than there is', () => {
  const cases: [replicas: number, surge: IntOrString, unavailable: IntOrString, maxSurge: number, maxUnavailable: number][] = [
    [4, '25%', '25%', 1, 1],
    [10, '25%', '25%', 3, 2],
    [1, '25%', '25%', 1, 0],
    [3, 0, '30%', 0, 1],
    [3, 0, 1, 0, 1],
    [2, '100%', 5, 2, 2],
    [0, '25%', '25%', 0, 0],
  ];
  for (const [replicas, surge, unavailable, ...expected] of cases) {
    const d = deployment(replicas, surge, unavailable);
    assert.deepEqual([maxSurge(d), maxUnavailable(d)], expected, `${replicas} ${surge} ${unavailable}`);
  }
});

/** `size/available`, older sets by earlier letters. */
const setOf = (text: string, name: string): ReplicaSet => {
  const [size = 0, available = 0] = text.split('/').map(Number);
  return {
    metadata: { name, creationTimestamp: `2025-01-01T00:00:0${name.charCodeAt(0) - 97}Z` },
    spec: { replicas: size, selector: {} },
    status: { replicas: size, availableReplicas: available },
  };
};

test('a step goes as far as the bounds allow, broken pods first', () => {
  const cases: [why: string, d: Deployment, newSet: string, old: string[], newSize: number, oldSizes: number[]][] = [
    ['the first step', deployment(10, 3, 2), '0/0', ['10/10'], 3, [8]],
    ['new pods that are not ready count as missing', deployment(10, 3, 2), '5/0', ['8/8'], 5, [8]],
    ['ready ones make room', deployment(10, 3, 2), '5/5', ['8/8'], 5, [3]],
    ['and room is filled', deployment(10, 3, 2), '5/5', ['3/3'], 10, [3]],
    ['broken old pods go though nothing may be unavailable', deployment(3, 1, 0), '1/0', ['3/1'], 1, [3]],
    ['what is broken goes before what works', deployment(4, 1, 1), '2/2', ['2/0', '1/1'], 2, [0, 1]],
    ['rollover: the oldest gives up first', deployment(4, 2, 2), '2/2', ['2/2', '2/2'], 2, [0, 0]],
    ['what a set is about to give up counts no more', deployment(3, 1, 1), '1/1', ['1/1', '1/2'], 2, [0, 1]],
    ['a set that is too large shrinks at once', deployment(2, 1, 0), '5/5', ['0/0'], 2, [0]],
  ];
  for (const [why, d, newText, oldTexts, newSize, oldSizes] of cases) {
    const newSet = setOf(newText, 'z');
    const old = oldTexts.map((text, i) => setOf(text, String.fromCharCode(97 + i)));
    assert.equal(resizeNew(d, newSet, [...old, newSet])[0]?.to ?? newSet.spec.replicas, newSize, why);
    const resized = new Map(resizeOld(d, newSet, old).map(({ rs, to }) => [rs, to]));
    assert.deepEqual(
      old.map((rs) => resized.get(rs) ?? rs.spec.replicas),
      oldSizes,
      why,
    );
  }
});
