import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage } from '@t8s/meta';
import type { LimitResponse, PriorityLevelConfiguration, PriorityLevelConfigurationSpec } from '../../generated/types.ts';
import { mandatoryPriorityLevels } from '../mandatory.ts';
import { suggestedPriorityLevels } from '../suggested.ts';
import { priorityLevelConfigurationKind } from './kind.ts';

const { strategy, columns = [] } = priorityLevelConfigurationKind;
const of = (spec: PriorityLevelConfigurationSpec, name = 'l'): PriorityLevelConfiguration => {
  const level: PriorityLevelConfiguration = { metadata: { name }, spec: structuredClone(spec) };
  strategy.defaults?.(level);
  return level;
};
const messages = (spec: PriorityLevelConfigurationSpec, name?: string): string[] =>
  (strategy.validate?.(of(spec, name)) ?? []).map(fieldErrorMessage);
const limited = (limitResponse: LimitResponse): PriorityLevelConfigurationSpec => ({ type: 'Limited', limited: { limitResponse } });

test('defaults', () => {
  assert.deepEqual(of(limited({ type: 'Queue', queuing: {} })).spec.limited, {
    nominalConcurrencyShares: 30,
    lendablePercent: 0,
    limitResponse: { type: 'Queue', queuing: { handSize: 8, queues: 64, queueLengthLimit: 50 } },
  });
});

test('each rule by an example', () => {
  const at = 'spec.limited.limitResponse';
  const cases: [spec: PriorityLevelConfigurationSpec, ...errors: string[]][] = [
    [limited({ type: 'Reject' })],
    [{ type: 'Limited' }, 'spec.limited: Required value: must not be empty when type is Limited'],
    [{ ...limited({ type: 'Reject' }), exempt: {} }, 'spec.exempt: Forbidden: must be nil if the type is Limited'],
    [{ type: 'Exempt' }, `spec.type: Invalid value: "Exempt": type must be 'Exempt' if and only if name is 'exempt'`],
    [{ type: 'x' }, 'spec.type: Unsupported value: "x": supported values: "Exempt", "Limited"'],
    [limited({ type: 'x' }), `${at}.type: Unsupported value: "x": supported values: "Queue", "Reject"`],
    [limited({ type: 'Queue' }), `${at}.queuing: Required value: must not be empty if limited.limitResponse.type is Limited`],
    [limited({ type: 'Reject', queuing: {} }), `${at}.queuing: Forbidden: must be nil if limited.limitResponse.type is not Limited`],
    [
      limited({ type: 'Queue', queuing: { queues: 7, handSize: 8 } }),
      `${at}.queuing.handSize: Invalid value: 8: should not be greater than queues (7)`,
    ],
    [
      limited({ type: 'Queue', queuing: { queues: 512, handSize: 8 } }),
      `${at}.queuing.handSize: Invalid value: 8: required entropy bits of deckSize 512 and handSize 8 should not be greater than 60`,
    ],
    [
      {
        type: 'Limited',
        limited: { nominalConcurrencyShares: -1, lendablePercent: 101, borrowingLimitPercent: -1, limitResponse: { type: 'Reject' } },
      },
      'spec.limited.nominalConcurrencyShares: Invalid value: -1: must be a non-negative integer',
      'spec.limited.lendablePercent: Invalid value: 101: must be between 0 and 100, inclusive',
      'spec.limited.borrowingLimitPercent: Invalid value: -1: if specified, must be a non-negative integer',
    ],
  ];
  for (const [spec, ...errors] of cases) assert.deepEqual(messages(spec), errors);
});

test('of the mandatory levels only what the exempt one lends may change', () => {
  for (const [name, spec] of Object.entries(mandatoryPriorityLevels)) assert.deepEqual(messages(spec, name), []);
  assert.deepEqual(messages({ type: 'Exempt', exempt: { nominalConcurrencyShares: 10, lendablePercent: 10 } }, 'exempt'), []);
  assert.match(messages(limited({ type: 'Reject' }), 'catch-all').join(), /: spec of 'catch-all' must equal the fixed value$/);
  assert.match(messages(limited({ type: 'Reject' }), 'exempt').join(), /spec of 'exempt' except the 'spec.exempt' field must equal/);
  const row = (spec: PriorityLevelConfigurationSpec): unknown[] => columns.map((column) => column.cell(of(spec), 0));
  assert.deepEqual(row(limited({ type: 'Queue', queuing: {} })), ['l', 'Limited', 30, 64, 8, 50, '<unknown>']);
  assert.deepEqual(row({ type: 'Exempt' }).slice(1, 6), ['Exempt', '<none>', '<none>', '<none>', '<none>']);
});

test('the suggested ones are valid, and complete', () => {
  for (const [name, spec] of Object.entries(suggestedPriorityLevels)) {
    assert.deepEqual(messages(spec, name), []);
    assert.deepEqual(of(spec, name).spec, spec, 'defaults change nothing');
  }
});
