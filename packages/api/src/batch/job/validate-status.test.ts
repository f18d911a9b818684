import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage } from '@t8s/meta';
import type { JobSpec, JobStatus } from '../../generated/types.ts';
import { validateJobStatus } from './validate-status.ts';

const indexed: Partial<JobSpec> = { completionMode: 'Indexed', completions: 5, parallelism: 1 };

function errorsOf(status: JobStatus, old: JobStatus = {}, spec: Partial<JobSpec> = {}): string[] {
  const job = { metadata: {}, spec: { template: {}, ...spec } };
  return validateJobStatus({ ...job, status }, { ...job, status: old }).map(fieldErrorMessage);
}

const conditions = (...types: string[]): Pick<JobStatus, 'conditions'> => ({ conditions: types.map((type) => ({ type, status: 'True' })) });
const [start, end] = ['2025-01-01T00:00:00Z', '2025-01-01T00:01:00Z'];
const complete: JobStatus = { ...conditions('SuccessCriteriaMet', 'Complete'), startTime: start, completionTime: end };

test('a job ends in steps, and stays ended', () => {
  assert.deepEqual(errorsOf(complete), []);
  assert.deepEqual(errorsOf({ ...conditions('FailureTarget', 'Failed'), startTime: start }), []);
  assert.deepEqual(errorsOf(conditions('Complete', 'Failed')), [
    'status.conditions: Invalid value: cannot set Complete=True and Failed=true conditions',
    'status.conditions: Invalid value: cannot set Failed=True condition without the FailureTarget=true condition',
    'status.conditions: Invalid value: cannot set Complete=True condition without the SuccessCriteriaMet=true condition',
    'status.completionTime: Required value: completionTime is required for Complete jobs',
    'status.startTime: Required value: startTime is required for finished job',
  ]);
  assert.deepEqual(errorsOf({ ...complete, completionTime: '2024-01-01T00:00:00Z', active: 1, terminating: 1 }), [
    'status.completionTime: Invalid value: "2024-01-01T00:00:00Z": completionTime cannot be set before startTime',
    'status.active: Invalid value: 1: active>0 is invalid for finished job',
    'status.terminating: Invalid value: 1: terminating>0 is invalid for finished job',
  ]);
  assert.deepEqual(errorsOf({ startTime: start }, complete), [
    'status.conditions: Invalid value: cannot disable the terminal Complete=True condition',
    'status.conditions: Invalid value: cannot disable the SuccessCriteriaMet=True condition',
  ]);
  assert.deepEqual(errorsOf({ ...complete, completionTime: '2025-01-01T00:02:00Z' }, complete), [
    'status.completionTime: Invalid value: "2025-01-01T00:02:00Z": completionTime cannot be mutated',
  ]);
});

test('counters', () => {
  assert.deepEqual(errorsOf({ ready: 2, active: 1, failed: -1 }), [
    'status.failed: Invalid value: -1: must be greater than or equal to 0',
    'status.ready: Invalid value: 2: cannot set more ready pods than active',
    'status.failed: Invalid value: -1: cannot decrease the failed counter',
  ]);
  assert.deepEqual(errorsOf({ succeeded: 1 }, { succeeded: 2 }), [
    'status.succeeded: Invalid value: 1: cannot decrease the succeeded counter',
  ]);
  assert.deepEqual(errorsOf({ succeeded: 1 }, { succeeded: 2 }, { ...indexed, parallelism: 5 }), [], 'a job that may shrink');
  assert.deepEqual(errorsOf({}, { startTime: start }), [
    'status.startTime: Required value: startTime cannot be removed for unsuspended job',
  ]);
  assert.deepEqual(errorsOf({}, { startTime: start }, { suspend: true }), []);
  assert.deepEqual(errorsOf({ startTime: end }, { startTime: start, ...conditions('Suspended') }), [], 'a resumed job starts anew');
  assert.deepEqual(errorsOf({ uncountedTerminatedPods: { succeeded: ['a', ''], failed: ['a'] } }), [
    'status.uncountedTerminatedPods.succeeded[1]: Invalid value: "": must not be empty',
    'status.uncountedTerminatedPods.failed[0]: Duplicate value: "a"',
  ]);
});

test('indexes', () => {
  const perIndex = { ...indexed, backoffLimitPerIndex: 1 };
  assert.deepEqual(errorsOf({ completedIndexes: '0,2-3', failedIndexes: '1,4' }, {}, perIndex), []);
  assert.deepEqual(errorsOf({ completedIndexes: '0,2-3', failedIndexes: '1-2' }, {}, perIndex), [
    'status.failedIndexes: Invalid value: "1-2": failedIndexes and completedIndexes overlap at index: 2',
  ]);
  const malformed: [text: string, message: string][] = [
    ['1,0', 'non-increasing order, previous: 1, current: 0'],
    ['3-2', 'non-increasing order, previous: 3, current: 2'],
    ['1-2-3', 'the fragment "1-2-3" violates the requirement that an index interval can have at most two parts separated by \'-\''],
    ['x', 'cannot convert string to integer for index: "x"'],
    ['5', 'too large index: "5"'],
  ];
  for (const [text, message] of malformed)
    assert.deepEqual(errorsOf({ completedIndexes: text }, {}, indexed), [
      `status.completedIndexes: Invalid value: ${JSON.stringify(text)}: error parsing completedIndexes: ${message}`,
    ]);
  assert.deepEqual(errorsOf({ completedIndexes: '1', failedIndexes: '' }), [
    'status.completedIndexes: Invalid value: "1": cannot set non-empty completedIndexes when non-indexed completion mode',
    'status.failedIndexes: Invalid value: "": cannot set non-null failedIndexes when backoffLimitPerIndex is null',
  ]);
  assert.deepEqual(
    errorsOf({ completedIndexes: '7', active: 1 }, { completedIndexes: '7' }, indexed),
    [],
    'what was there may be out of range',
  );
});
