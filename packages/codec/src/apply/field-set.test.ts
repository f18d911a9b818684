import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  difference,
  differenceBelow,
  equalSets,
  type FieldSet,
  has,
  intersection,
  isEmpty,
  leaves,
  paths,
  setOf,
  union,
} from './field-set.ts';
import { compareElements, keyElement, showPath, valueElement } from './path-element.ts';
import { FieldSetError, readFieldSet } from './read-field-set.ts';

const set = (...texts: string[]): FieldSet => setOf(...texts.map((text) => text.split('.').map((name) => `f:${name}`)));
const members = (fields: FieldSet): string[] => [...paths(fields)].map((path) => showPath(path).slice(1)).sort();

test('operations on sets mean members, not what lies below them', () => {
  const a = set('a', 'a.b', 'a.c', 'd.e');
  const b = set('a.b', 'd', 'x');
  assert.deepEqual(members(union(a, b)), ['a', 'a.b', 'a.c', 'd', 'd.e', 'x']);
  assert.deepEqual(members(intersection(a, b)), ['a.b']);
  assert.deepEqual(members(difference(a, b)), ['a', 'a.c', 'd.e']);
  assert.deepEqual(members(differenceBelow(a, b)), ['a', 'a.c']);
  assert.deepEqual(members(difference(a, set('a'))), ['a.b', 'a.c', 'd.e']);
  assert.deepEqual(members(leaves(a)), ['a.b', 'a.c', 'd.e']);
  assert.ok(has(a, ['f:a']) && !has(a, ['f:d']) && !has(a, []));
  assert.equal(union(a, set('a.b', 'd.e')), a, 'nothing new: the same set');
  assert.equal(difference(a, set('y', 'd')), a, 'nothing taken: the same set');
  assert.ok(isEmpty(difference(a, a)));
});

test('a set is written as FieldsV1 has it, in the order of its steps', () => {
  const ports = ['f:ports'];
  const key = (port: number): string => keyElement(['containerPort', 'protocol'], [port, 'TCP']);
  const written = setOf(
    [...ports, key(9090), 'f:name'],
    [...ports, key(80)],
    [...ports, key(9090)],
    ['f:finalizers', valueElement('b')],
    ['f:finalizers', valueElement('a')],
    ['f:finalizers'],
    ['f:x', 'i:10'],
    ['f:x', 'i:9'],
  );
  assert.equal(
    JSON.stringify(written),
    JSON.stringify({
      'f:finalizers': { '.': {}, 'v:"a"': {}, 'v:"b"': {} },
      'f:ports': {
        'k:{"containerPort":80,"protocol":"TCP"}': {},
        'k:{"containerPort":9090,"protocol":"TCP"}': { '.': {}, 'f:name': {} },
      },
      'f:x': { 'i:9': {}, 'i:10': {} },
    }),
  );
  assert.equal(showPath(['f:ports', key(80), 'f:name']), '.ports[containerPort=80,protocol="TCP"].name');
  assert.equal(valueElement('<a>'), 'v:"\\u003ca\\u003e"', "as Go's JSON");
  assert.ok(compareElements('f:b', 'k:{"a":1}') < 0 && compareElements('k:{"a":1}', 'v:1') < 0);
});

test('what comes from outside is checked and brought into one form', () => {
  const canonical = { 'f:a': { '.': {}, 'f:b': {} }, 'f:c': {} };
  assert.equal(readFieldSet(canonical), canonical, 'canonical text is taken as it is');
  const odd = { 'f:c': { '.': {} }, 'k:{"b": 1,"a":2}': { 'f:x': {} }, 'z:future': {}, 'f:a': { 'f:b': {}, '.': {} } };
  assert.deepEqual(readFieldSet(odd), { 'f:a': { '.': {}, 'f:b': {} }, 'f:c': {}, 'k:{"a":2,"b":1}': { 'f:x': {} } });
  for (const bad of [{ f: {} }, { fa: {} }, { 'i:x': {} }, { 'v:{': {} }, { 'f:a': 1 }, [], 'f:a', null])
    assert.throws(() => readFieldSet(bad), FieldSetError, JSON.stringify(bad));
});

test('laws of sets hold for any two', () => {
  let seed = 7;
  const random = (n: number): number => {
    seed = (seed * 48271) % 2147483647;
    return seed % n;
  };
  const some = (): FieldSet =>
    set(...Array.from({ length: random(12) }, () => Array.from({ length: 1 + random(3) }, () => 'abc'[random(3)]).join('.')));
  for (let i = 0; i < 200; i++) {
    const [a, b] = [some(), some()];
    assert.deepEqual(members(union(a, b)), [...new Set([...members(a), ...members(b)])].sort());
    assert.deepEqual(
      members(intersection(a, b)),
      members(a).filter((path) => members(b).includes(path)),
    );
    assert.deepEqual(
      members(difference(a, b)),
      members(a).filter((path) => !members(b).includes(path)),
    );
    assert.ok(equalSets(union(difference(a, b), intersection(a, b)), a));
    assert.ok(equalSets(readFieldSet(JSON.parse(JSON.stringify(a))), a));
    assert.equal(JSON.stringify(union(a, b)), JSON.stringify(union(b, a)), 'one order, however it came about');
  }
});
