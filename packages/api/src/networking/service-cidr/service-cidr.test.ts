import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage } from '@t8s/meta';
import { serviceCidrKind } from './kind.ts';

const { strategy, columns = [] } = serviceCidrKind;
const of = (...cidrs: string[]) => ({ metadata: { name: 'c' }, spec: { cidrs } });
const messages = (...cidrs: string[]): string[] => (strategy.validateCreate?.(of(...cidrs)) ?? []).map(fieldErrorMessage);

test('one block, or one of each family', () => {
  assert.deepEqual(messages('10.96.0.0/12'), []);
  assert.deepEqual(messages('10.96.0.0/12', 'fd00::/108'), []);
  assert.deepEqual(messages(), ['spec.cidrs: Required value: at least one CIDR required']);
  assert.deepEqual(messages('10.0.0.1/24'), [
    'spec.cidrs[0]: Invalid value: "10.0.0.1/24": must not have bits set beyond the prefix length',
  ]);
  assert.deepEqual(messages('10.0.0.0/24', '10.1.0.0/24'), [
    'spec.cidrs: Invalid value: {"cidrs":["10.0.0.0/24","10.1.0.0/24"]}: may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64',
  ]);
});

test('a second family may join', () => {
  const update = (before: string[], now: string[]) => strategy.validateUpdate?.(of(...now), of(...before)).map(fieldErrorMessage);
  assert.deepEqual(update(['10.0.0.0/24'], ['10.0.0.0/24', 'fd00::/108']), []);
  assert.deepEqual(update(['10.0.0.0/24'], ['10.0.1.0/24']), ['spec.cidrs[0]: Invalid value: "10.0.1.0/24": field is immutable']);
  assert.deepEqual(update(['10.0.0.0/24', 'fd00::/108'], ['10.0.0.0/24']), [
    'spec.cidrs: Invalid value: ["10.0.0.0/24"]: field is immutable',
  ]);
  assert.equal(columns[1]?.cell(of('10.0.0.0/24', 'fd00::/108'), 0), '10.0.0.0/24,fd00::/108');
});
