import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage } from '@t8s/meta';
import type { Job, JobSpec } from '../../generated/types.ts';
import { jobKind } from './kind.ts';

const { strategy, columns = [] } = jobKind;
const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i:1' }] } };

function created(spec: Partial<JobSpec> = {}, name = 'j'): Job {
  const job: Job = { metadata: { name, uid: 'u' }, spec: structuredClone({ template, ...spec }) };
  strategy.defaults?.(job);
  strategy.prepareForCreate?.(job);
  return job;
}

const errorsOf = (spec: Partial<JobSpec>, name?: string): string[] =>
  strategy.validateCreate?.(created(spec, name)).map(fieldErrorMessage) ?? [];

test('defaults', () => {
  const { template: _, selector: _s, ...spec } = created().spec;
  assert.deepEqual(spec, {
    completions: 1,
    parallelism: 1,
    backoffLimit: 6,
    completionMode: 'NonIndexed',
    suspend: false,
    manualSelector: false,
    podReplacementPolicy: 'TerminatingOrFailed',
  });
  assert.equal(created({ parallelism: 2 }).spec.completions, undefined, 'a work queue');
  const indexed = created({
    completionMode: 'Indexed',
    completions: 3,
    backoffLimitPerIndex: 1,
    podFailurePolicy: { rules: [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: '' }] }] },
  }).spec;
  assert.deepEqual([indexed.parallelism, indexed.backoffLimit, indexed.podReplacementPolicy], [1, 2147483647, 'Failed']);
  assert.equal(indexed.podFailurePolicy?.rules[0]?.onPodConditions?.[0]?.status, 'True');
});

test('selector and labels are made at the create, unless they are the user’s', () => {
  const { metadata, spec } = created({ template: { ...template, metadata: { labels: { app: 'a' } } } });
  assert.deepEqual(spec.selector, { matchLabels: { 'batch.kubernetes.io/controller-uid': 'u' } });
  assert.deepEqual(spec.template.metadata?.labels, {
    'job-name': 'j',
    'batch.kubernetes.io/job-name': 'j',
    'controller-uid': 'u',
    'batch.kubernetes.io/controller-uid': 'u',
    app: 'a',
  });
  assert.deepEqual(metadata.labels, { app: 'a' }, 'those of the template as the user wrote it');
  assert.deepEqual(errorsOf({ template: { ...template, metadata: { labels: { 'job-name': 'other' } } } }), [
    'spec.template.metadata.labels[job-name]: Invalid value: {"job-name":"other","batch.kubernetes.io/job-name":"j","controller-uid":"u","batch.kubernetes.io/controller-uid":"u"}: must be \'j\'',
  ]);
  assert.deepEqual(errorsOf({ selector: { matchLabels: { app: 'a' } } }), [
    'spec.selector: Invalid value: {"matchLabels":{"batch.kubernetes.io/controller-uid":"u","app":"a"}}: `selector` not auto-generated',
    'spec.template.metadata.labels: Invalid value: {"job-name":"j","batch.kubernetes.io/job-name":"j","controller-uid":"u","batch.kubernetes.io/controller-uid":"u"}: `selector` does not match template `labels`',
  ]);
  const manual = { manualSelector: true, template: { ...template, metadata: { labels: { app: 'a' } } } };
  assert.deepEqual(errorsOf({ ...manual, selector: { matchLabels: { app: 'a' } } }), []);
  assert.deepEqual(errorsOf(manual).slice(0, 1), ['spec.selector: Required value']);
});

const indexed = { completionMode: 'Indexed', completions: 5 };
const failureRule = (rule: object): Partial<JobSpec> => ({ podFailurePolicy: { rules: [{ action: 'FailJob', ...rule }] } });
const cases: [spec: Partial<JobSpec>, ...errors: string[]][] = [
  [{}],
  [{ parallelism: -1 }, 'spec.parallelism: Invalid value: -1: must be greater than or equal to 0'],
  [
    { template: { spec: { containers: template.spec.containers } } },
    'spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
  ],
  [{ completionMode: 'X' }, 'spec.completionMode: Unsupported value: "X": supported values: "Indexed", "NonIndexed"'],
  [{ completionMode: 'Indexed', parallelism: 1 }, 'spec.completions: Required value: when completion mode is Indexed'],
  [{ backoffLimitPerIndex: 1 }, 'spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode'],
  [{ ...indexed, maxFailedIndexes: 1 }, 'spec.backoffLimitPerIndex: Required value: when maxFailedIndexes is specified'],
  [
    { ...indexed, maxFailedIndexes: 6, backoffLimitPerIndex: 1 },
    'spec.maxFailedIndexes: Invalid value: 6: must be less than or equal to completions',
  ],
  [
    { ...indexed, completions: 100_001, parallelism: 10_001, backoffLimitPerIndex: 1 },
    'spec.maxFailedIndexes: Required value: must be specified when completions is above 100000',
    'spec.parallelism: Invalid value: 10001: must be less than or equal to 10000 when completions are above 100000 and used with backoff limit per index',
  ],
  [{ managedBy: 'me' }, 'spec.managedBy: Invalid value: "me": must be a domain-prefixed path (such as "acme.io/foo")'],
  [{ podReplacementPolicy: 'X' }, 'spec.podReplacementPolicy: Unsupported value: "X": supported values: "Failed", "TerminatingOrFailed"'],
  [failureRule({}), 'spec.podFailurePolicy.rules[0]: Invalid value: specifying one of OnExitCodes and OnPodConditions is required'],
  [
    failureRule({ action: 'FailIndex', onPodConditions: [{ type: 'T', status: 'Yes' }] }),
    'spec.podFailurePolicy.rules[0].action: Invalid value: "FailIndex": requires the backoffLimitPerIndex to be set',
    'spec.podFailurePolicy.rules[0].onPodConditions[0].status: Unsupported value: "Yes": supported values: "False", "True", "Unknown"',
  ],
  [
    failureRule({ onExitCodes: { operator: 'In', containerName: 'x', values: [3, 3, 0] } }),
    'spec.podFailurePolicy.rules[0].onExitCodes.containerName: Invalid value: "x": must be one of the container or initContainer names in the pod template',
    'spec.podFailurePolicy.rules[0].onExitCodes.values[1]: Duplicate value: 3',
    'spec.podFailurePolicy.rules[0].onExitCodes.values[2]: Invalid value: 0: must not be 0 for the In operator',
    'spec.podFailurePolicy.rules[0].onExitCodes.values: Invalid value: [3,3,0]: must be ordered',
  ],
  [
    failureRule({ action: '', onExitCodes: { operator: '', values: [1] } }),
    'spec.podFailurePolicy.rules[0].action: Required value: valid values: ["Count" "FailIndex" "FailJob" "Ignore"]',
    'spec.podFailurePolicy.rules[0].onExitCodes.operator: Required value: valid values: ["In" "NotIn"]',
  ],
  [
    {
      ...failureRule({ onExitCodes: { operator: 'NotIn', values: [0] } }),
      template: { spec: { ...template.spec, restartPolicy: 'OnFailure' } },
    },
    'spec.template.spec.restartPolicy: Invalid value: "OnFailure": only "Never" is supported when podFailurePolicy is specified',
  ],
  [{ successPolicy: { rules: [] } }, 'spec.successPolicy: Invalid value: {"rules":[]}: requires indexed completion mode'],
  [
    { ...indexed, successPolicy: { rules: [{}, { succeededIndexes: '0,2-3', succeededCount: 4 }, { succeededIndexes: '3,1-9' }] } },
    'spec.successPolicy.rules[0]: Required value: at least one of succeededCount or succeededIndexes must be specified',
    'spec.successPolicy.rules[1].succeededCount: Invalid value: 4: must be less than or equal to 3 (the number of indexes in the specified succeededIndexes field)',
    'spec.successPolicy.rules[2].succeededIndexes: Invalid value: "3,1-9": error parsing succeededIndexes: too large index: "9"',
  ],
];

test('rules', () => {
  for (const [spec, ...errors] of cases) assert.deepEqual(errorsOf(spec), errors, JSON.stringify(spec));
  const name = 'j'.repeat(62);
  assert.deepEqual(errorsOf({ ...indexed, completions: 1 }, name), [
    `metadata.name: Invalid value: "${name}": will not able to create pod with invalid DNS label: ${name}-0`,
  ]);
});

test('updates', () => {
  const update = (old: Job, change: (spec: JobSpec) => void): [number | undefined, string[]] => {
    const job = structuredClone(old);
    change(job.spec);
    strategy.prepareForUpdate?.(job, old);
    return [job.metadata.generation, strategy.validateUpdate?.(job, old).map((e) => `${e.field}: ${e.detail}`) ?? []];
  };
  const place = (spec: JobSpec): void => {
    Object.assign(spec.template.spec ?? {}, { nodeSelector: { a: 'b' }, tolerations: [{ operator: 'Exists' }] });
    Object.assign(spec.template.metadata ?? {}, { annotations: { a: 'b' } });
  };
  assert.deepEqual(
    update(created(), (spec) => Object.assign(spec, { parallelism: 3, suspend: true, backoffLimit: 1, ttlSecondsAfterFinished: 5 })),
    [2, []],
  );
  assert.deepEqual(update(created(), place), [2, ['spec.template: field is immutable']]);
  assert.deepEqual(update(created({ suspend: true }), place), [2, []], 'suspended, and never started');
  const started = { ...created({ suspend: true }), status: { startTime: '2025-01-01T00:00:00Z' } };
  assert.deepEqual(update(started, place), [2, ['spec.template: field is immutable']]);
  assert.deepEqual(
    update(created({ suspend: true }), (spec) => Object.assign(spec.template.spec?.containers[0] ?? {}, { image: 'i:2' })),
    [2, ['spec.template: field is immutable']],
  );
  assert.deepEqual(update(created(), (spec) => Object.assign(spec, { completions: 2 }))[1], ['spec.completions: field is immutable']);
  assert.deepEqual(update(created(indexed), (spec) => Object.assign(spec, { completions: 2 }))[1], [
    'spec.completions: can only be modified in tandem with spec.parallelism',
  ]);
  assert.deepEqual(update(created(indexed), (spec) => Object.assign(spec, { completions: 2, parallelism: 2 }))[1], []);
});

test('fields, warnings and rows', () => {
  const job = created({ completions: 3 });
  job.status = { succeeded: 1, startTime: '2025-01-01T00:00:00Z' };
  assert.deepEqual(jobKind.selectableFields?.(job), { 'status.successful': '1' });
  assert.deepEqual(
    columns.map((column) => column.cell(job, Date.parse('2025-01-01T00:01:30Z'))),
    ['j', 'Running', '1/3', '90s', '<unknown>', 'c', 'i:1', 'batch.kubernetes.io/controller-uid=u'],
  );
  job.status = { ...job.status, completionTime: '2025-01-01T00:00:10Z', conditions: [{ type: 'Complete', status: 'True' }] };
  assert.deepEqual(
    columns.slice(1, 4).map((column) => column.cell(job, 0)),
    ['Complete', '1/3', '10s'],
  );
  assert.equal(columns[2]?.cell(created({ parallelism: 2 }), 0), '0/1 of 2');
  assert.match(strategy.warnings?.(created({}, 'a.b')).join('\n') ?? '', /^metadata\.name: this is used in Pod names and hostnames/);
});
