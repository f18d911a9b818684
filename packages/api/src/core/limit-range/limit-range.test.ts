import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage } from '@t8s/meta';
import type { LimitRange, LimitRangeItem } from '../../generated/types.ts';
import { limitRangeKind } from './kind.ts';

const { strategy } = limitRangeKind;
const of = (...limits: LimitRangeItem[]): LimitRange => {
  const range: LimitRange = { metadata: {}, spec: { limits } };
  strategy.defaults?.(range);
  return range;
};
const messages = (...limits: LimitRangeItem[]): string[] => (strategy.validate?.(of(...limits)) ?? []).map(fieldErrorMessage);

test('defaults of containers follow from the bounds', () => {
  assert.deepEqual(of({ type: 'Container', max: { cpu: '2' }, min: { cpu: '1', memory: '1Mi' } }).spec.limits[0], {
    type: 'Container',
    max: { cpu: '2' },
    min: { cpu: '1', memory: '1Mi' },
    default: { cpu: '2' },
    defaultRequest: { cpu: '2', memory: '1Mi' },
  });
  assert.deepEqual(of({ type: 'Pod', max: { cpu: '2' } }).spec.limits[0], { type: 'Pod', max: { cpu: '2' } });
});

test('each rule by an example', () => {
  const cases: [limit: LimitRangeItem, ...errors: string[]][] = [
    [{ type: 'Pod', max: { cpu: '2' }, min: { cpu: '1' }, maxLimitRequestRatio: { cpu: '2' } }],
    [{ type: 'PersistentVolumeClaim', max: { storage: '1Gi' } }],
    [{ type: 'x' }, 'type: Invalid value: "x": must be a standard limit type or fully qualified'],
    [{ type: 'Pod', default: { cpu: '1' } }, "default: Forbidden: may not be specified when `type` is 'Pod'"],
    [{ type: 'Pod', max: { storage: '1' } }, 'max[storage]: Invalid value: "storage": must be a standard resource for containers'],
    [{ type: 'Pod', max: { cpu: '1' }, min: { cpu: '2' } }, 'min[cpu]: Invalid value: "2": min value 2 is greater than max value 1'],
    [
      { type: 'Container', default: { cpu: '1' }, defaultRequest: { cpu: '2' } },
      'defaultRequest[cpu]: Invalid value: "2": default request value 2 is greater than default limit value 1',
    ],
    [
      { type: 'Container', max: { cpu: '1' }, default: { cpu: '2' } },
      'defaultRequest[cpu]: Invalid value: "2": default request value 2 is greater than max value 1',
      'default[cpu]: Invalid value: "1": default value 2 is greater than max value 1',
    ],
    [{ type: 'Pod', maxLimitRequestRatio: { cpu: '500m' } }, 'maxLimitRequestRatio[cpu]: Invalid value: "500m": ratio 500m is less than 1'],
    [
      { type: 'Pod', max: { cpu: '2' }, min: { cpu: '1' }, maxLimitRequestRatio: { cpu: '3' } },
      'maxLimitRequestRatio[cpu]: Invalid value: "3": ratio 3 is greater than max/min = 2.000000',
    ],
    [
      { type: 'Container', default: { 'x.io/gpu': '2' }, defaultRequest: { 'x.io/gpu': '1' } },
      'defaultRequest[x.io/gpu]: Invalid value: "1": default value 2 must equal to defaultRequest value 1 in x.io/gpu',
    ],
  ];
  for (const [limit, ...errors] of cases)
    assert.deepEqual(
      messages(limit),
      errors.map((error) => `spec.limits[0].${error}`),
    );
  assert.deepEqual(messages({ type: 'Pod' }, { type: 'Pod' }), ['spec.limits[1].type: Duplicate value: "Pod"']);
});
