import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage } from '@t8s/meta';
import type { CronJob, CronJobSpec } from '../../generated/types.ts';
import { cronJobKind } from './kind.ts';

const { strategy, columns = [] } = cronJobKind;
const pod = { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i:1' }] };

function created(spec: Partial<CronJobSpec> = {}, name = 'cj'): CronJob {
  const cronJob: CronJob = {
    metadata: { name },
    spec: structuredClone({ schedule: '@daily', jobTemplate: { spec: { template: { spec: pod } } }, ...spec }),
  };
  strategy.defaults?.(cronJob);
  strategy.prepareForCreate?.(cronJob);
  return cronJob;
}

const errorsOf = (spec: Partial<CronJobSpec>, name?: string): string[] =>
  strategy.validateCreate?.(created(spec, name)).map(fieldErrorMessage) ?? [];

test('defaults; the job keeps its own for later', () => {
  const { jobTemplate, ...spec } = created().spec;
  assert.deepEqual(spec, {
    schedule: '@daily',
    concurrencyPolicy: 'Allow',
    suspend: false,
    successfulJobsHistoryLimit: 3,
    failedJobsHistoryLimit: 1,
  });
  assert.deepEqual([jobTemplate.metadata, Object.keys(jobTemplate.spec ?? {})], [{}, ['template']]);
  assert.equal(jobTemplate.spec?.template.spec?.dnsPolicy, 'ClusterFirst');
});

const cases: [spec: Partial<CronJobSpec>, ...errors: string[]][] = [
  [{}],
  [{ timeZone: 'Europe/Berlin' }],
  [{ timeZone: 'Etc/UTC' }],
  [{ schedule: '' }, 'spec.schedule: Required value'],
  [{ schedule: '61 * * * *' }, 'spec.schedule: Invalid value: "61 * * * *": end of range (61) above maximum (59): 61'],
  [
    { schedule: 'TZ=UTC 0 * * * *' },
    'spec.schedule: Invalid value: "TZ=UTC 0 * * * *": cannot use TZ or CRON_TZ in schedule, use timeZone field instead',
  ],
  [{ timeZone: '' }, 'spec.timeZone: Invalid value: "": timeZone must be nil or non-empty string'],
  [{ timeZone: 'europe/berlin' }, 'spec.timeZone: Invalid value: "europe/berlin": unknown time zone europe/berlin'],
  [{ timeZone: '../etc/passwd' }, 'spec.timeZone: Invalid value: "../etc/passwd": unknown time zone ../etc/passwd'],
  [
    { timeZone: 'Local' },
    'spec.timeZone: Invalid value: "Local": timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones',
  ],
  [{ concurrencyPolicy: 'X' }, 'spec.concurrencyPolicy: Unsupported value: "X": supported values: "Allow", "Forbid", "Replace"'],
  [{ startingDeadlineSeconds: -1 }, 'spec.startingDeadlineSeconds: Invalid value: -1: must be greater than or equal to 0'],
  [
    { jobTemplate: { spec: { template: { spec: { containers: pod.containers } }, manualSelector: true, selector: {} } } },
    'spec.jobTemplate.spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
    'spec.jobTemplate.spec.selector: Invalid value: {}: `selector` will be auto-generated',
    'spec.jobTemplate.spec.manualSelector: Unsupported value: true: supported values: "false", "nil"',
  ],
];

test('rules', () => {
  for (const [spec, ...errors] of cases) assert.deepEqual(errorsOf(spec), errors, JSON.stringify(spec));
  const name = 'c'.repeat(53);
  assert.deepEqual(errorsOf({}, name), [`metadata.name: Invalid value: "${name}": must be no more than 52 characters`]);
});

test('an update lets what is stored be', () => {
  const old = created({ schedule: 'TZ=UTC 0 * * * *', timeZone: 'Gone/Zone' }, 'c'.repeat(60));
  const cronJob = structuredClone(old);
  cronJob.spec.suspend = true;
  delete cronJob.spec.timeZone;
  strategy.prepareForUpdate?.(cronJob, old);
  assert.deepEqual(strategy.validateUpdate?.(cronJob, old), []);
  assert.equal(cronJob.metadata.generation, 2);
  assert.match(strategy.warnings?.(cronJob, old)[0] ?? '', /^cannot use TZ or CRON_TZ in spec\.spec\.schedule, use timeZone instead/);
  assert.deepEqual(
    strategy.validateUpdate?.({ ...old }, old).map((e) => e.detail),
    ['cannot use both timeZone field and TZ or CRON_TZ in schedule'],
  );
});

test('the row', () => {
  const cronJob = created({ timeZone: 'Asia/Tokyo' });
  cronJob.status = { active: [{ name: 'j' }], lastScheduleTime: '2025-01-01T00:00:00Z' };
  assert.deepEqual(
    columns.map((column) => column.cell(cronJob, Date.parse('2025-01-01T00:01:00Z'))),
    ['cj', '@daily', 'Asia/Tokyo', 'False', 1, '60s', '<unknown>', 'c', 'i:1', '<none>'],
  );
});
