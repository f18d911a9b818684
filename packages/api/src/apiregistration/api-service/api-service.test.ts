import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage } from '@t8s/meta';
import type { APIService, APIServiceSpec } from '../../generated/types.ts';
import { apiServiceKind } from './kind.ts';

const { strategy, columns = [], subresources } = apiServiceKind;
const base: APIServiceSpec = { group: 'g.io', version: 'v1', groupPriorityMinimum: 100, versionPriority: 100 };
const of = (spec: Partial<APIServiceSpec> = {}, name = 'v1.g.io'): APIService => {
  const object: APIService = { metadata: { name }, spec: { ...base, ...spec } };
  strategy.defaults?.(object);
  return object;
};
const messages = (object: APIService): string[] => (strategy.validate?.(object) ?? []).map(fieldErrorMessage);
const service = { name: 's', namespace: 'n' };

test('each rule by an example', () => {
  const cases: [object: APIService, ...errors: string[]][] = [
    [of()],
    [of({ service, insecureSkipTLSVerify: true })],
    [of({ group: '' }, 'v1.')],
    [of({}, 'v2.g.io'), 'metadata.name: Invalid value: "v2.g.io": must be `spec.version+"."+spec.group`: "v1.g.io"'],
    [of({ group: '', version: 'v2' }, 'v2.'), 'spec.group: Required value: only v1 may have an empty group and it better be legacy kube'],
    [of({ groupPriorityMinimum: 20_001 }), 'spec.groupPriorityMinimum: Invalid value: 20001: must be positive and less than 20000'],
    [of({ versionPriority: 0 }), 'spec.versionPriority: Invalid value: 0: must be positive and less than 1000'],
    [
      of({ caBundle: 'YWJj', insecureSkipTLSVerify: true }),
      'spec.caBundle: Invalid value: "3 bytes": local APIServices may not have a caBundle',
      'spec.insecureSkipTLSVerify: Invalid value: true: local APIServices may not have insecureSkipTLSVerify',
    ],
    [
      of({ service: { port: 70_000 } }),
      'spec.service.namespace: Required value',
      'spec.service.name: Required value',
      'spec.service.port: Invalid value: 70000: port is not valid: must be between 1 and 65535, inclusive',
    ],
    [
      of({ service, caBundle: 'YWJj', insecureSkipTLSVerify: true }),
      'spec.insecureSkipTLSVerify: Invalid value: true: may not be true if caBundle is present',
    ],
  ];
  for (const [object, ...errors] of cases) assert.deepEqual(messages(object), errors);
});

test('the row says where it is served and why it is not', () => {
  const row = (object: APIService): unknown[] => columns.map((column) => column.cell(object, 0));
  assert.deepEqual(row(of()), ['v1.g.io', 'Local', 'Unknown', '<unknown>']);
  const remote = of({ service });
  remote.status = { conditions: [{ type: 'Available', status: 'False', reason: 'MissingEndpoints' }] };
  assert.deepEqual(row(remote), ['v1.g.io', 'n/s', 'False (MissingEndpoints)', '<unknown>']);
  assert.equal(remote.spec.service?.port, 443);
  remote.status = { conditions: [{ type: 'Available', status: 'x' }] };
  assert.deepEqual((subresources?.status?.validate?.(remote, remote) ?? []).map(fieldErrorMessage), [
    'status.conditions[0].status: Unsupported value: "x": supported values: "False", "True", "Unknown"',
  ]);
});
