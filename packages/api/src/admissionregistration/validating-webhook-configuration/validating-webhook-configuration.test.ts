import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage } from '@t8s/meta';
import type { RuleWithOperations, ValidatingWebhook, ValidatingWebhookConfiguration } from '../../generated/types.ts';
import { validatingWebhookConfigurationKind } from './kind.ts';

const { strategy, columns = [] } = validatingWebhookConfigurationKind;
const rule: RuleWithOperations = { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] };
const base: ValidatingWebhook = {
  name: 'a.b.c',
  admissionReviewVersions: ['v1'],
  sideEffects: 'None',
  clientConfig: { service: { name: 's', namespace: 'n' } },
  rules: [rule],
};
const of = (...webhooks: Partial<ValidatingWebhook>[]): ValidatingWebhookConfiguration => {
  const object = { metadata: { name: 'c' }, webhooks: webhooks.map((webhook) => ({ ...structuredClone(base), ...webhook })) };
  strategy.defaults?.(object);
  return object;
};
const messages = (...webhooks: Partial<ValidatingWebhook>[]): string[] =>
  (strategy.validate?.(of(...webhooks)) ?? []).map((error) => fieldErrorMessage(error).replace('webhooks[0].', ''));

test('defaults, and the row', () => {
  const object = of({});
  assert.deepEqual(object.webhooks?.[0], {
    ...base,
    clientConfig: { service: { name: 's', namespace: 'n', port: 443 } },
    failurePolicy: 'Fail',
    matchPolicy: 'Equivalent',
    namespaceSelector: {},
    objectSelector: {},
    rules: [{ ...rule, scope: '*' }],
    timeoutSeconds: 10,
  });
  assert.deepEqual(
    columns.map((column) => column.cell(object, 0)),
    ['c', 1, '<unknown>'],
  );
});

test('each rule of a webhook by an example', () => {
  const condition = (name: string, expression = 'true') => ({ name, expression });
  const cases: [webhook: Partial<ValidatingWebhook>, ...errors: string[]][] = [
    [{}],
    [{ name: '' }, 'name: Required value'],
    [{ name: 'a.b' }, 'name: Invalid value: "a.b": should be a domain with at least three segments separated by dots'],
    [{ failurePolicy: 'x' }, 'failurePolicy: Unsupported value: "x": supported values: "Fail", "Ignore"'],
    [{ matchPolicy: 'x' }, 'matchPolicy: Unsupported value: "x": supported values: "Equivalent", "Exact"'],
    [{ sideEffects: 'Some' }, 'sideEffects: Unsupported value: "Some": supported values: "None", "NoneOnDryRun"'],
    [{ timeoutSeconds: 31 }, 'timeoutSeconds: Invalid value: 31: the timeout value must be between 1 and 30 seconds'],
    [{ admissionReviewVersions: [] }, 'admissionReviewVersions: Required value: must specify one of v1, v1beta1'],
    [
      { admissionReviewVersions: ['v2', 'v2'] },
      'admissionReviewVersions[1]: Invalid value: "v2": duplicate version',
      'admissionReviewVersions: Invalid value: ["v2","v2"]: must include at least one of v1, v1beta1',
    ],
    [{ clientConfig: {} }, 'clientConfig: Required value: exactly one of url or service is required'],
    [
      { clientConfig: { url: 'http://u@/?q#f' } },
      `clientConfig.url: Invalid value: "http": 'https' is the only allowed URL scheme; desired format: https://host[/path]`,
      'clientConfig.url: Invalid value: "": host must be specified; desired format: https://host[/path]',
      'clientConfig.url: Invalid value: "u": user information is not permitted in the URL',
      'clientConfig.url: Invalid value: "f": fragments are not permitted in the URL',
      'clientConfig.url: Invalid value: "q": query parameters are not permitted in the URL',
    ],
    [
      { clientConfig: { service: { name: '', namespace: 'n', path: 'a/b', port: 0 } } },
      'clientConfig.service.name: Required value',
      'clientConfig.service.port: Invalid value: 0: port is not valid: must be between 1 and 65535, inclusive',
      `clientConfig.service.path: Invalid value: "a/b": must start with a '/'`,
      'clientConfig.service.path: Invalid value: "a/b": segment[0] may not be empty',
    ],
    [
      { matchConditions: [condition('a', ' '), condition('b'), condition('b')] },
      'matchConditions[0].expression: Required value',
      'matchConditions[2].name: Duplicate value: "b"',
    ],
  ];
  for (const [webhook, ...errors] of cases) assert.deepEqual(messages(webhook), errors);
  assert.deepEqual(messages({}, {}), ['webhooks[1].name: Duplicate value: "a.b.c"']);
  const { sideEffects: _, ...without } = base;
  const object = { metadata: {}, webhooks: [without as ValidatingWebhook] };
  assert.equal(
    (strategy.validate?.(object) ?? []).map(fieldErrorMessage)[0],
    'webhooks[0].sideEffects: Required value: must specify one of None, NoneOnDryRun',
  );
});

test('each rule of a match rule by an example', () => {
  const cases: [rule: RuleWithOperations, ...errors: string[]][] = [
    [{}],
    [{ resources: ['*/*'] }],
    [{ resources: ['*', 'pods/log'] }],
    [
      { operations: [], apiGroups: [], apiVersions: [''] },
      'operations: Required value',
      'apiGroups: Required value',
      'apiVersions[0]: Required value',
    ],
    [
      { operations: ['*', 'x'] },
      `operations: Invalid value: ["*","x"]: if '*' is present, must not specify other operations`,
      'operations[1]: Unsupported value: "x": supported values: "*", "CONNECT", "CREATE", "DELETE", "UPDATE"',
    ],
    [{ apiGroups: ['*', 'a'] }, `apiGroups: Invalid value: ["*","a"]: if '*' is present, must not specify other API groups`],
    [{ resources: ['pods/*', 'pods/log'] }, `resources[1]: Invalid value: "pods/log": if 'pods/*' is present, must not specify pods/log`],
    [{ resources: ['*/log', 'pods/log'] }, `resources[1]: Invalid value: "pods/log": if '*/log' is present, must not specify pods/log`],
    [{ resources: ['*/*', 'a'] }, `resources: Invalid value: ["*/*","a"]: if '*/*' is present, must not specify other resources`],
    [
      { resources: ['*', 'a'] },
      `resources: Invalid value: ["*","a"]: if '*' is present, must not specify other resources without subresources`,
    ],
    [{ scope: 'x' }, 'scope: Unsupported value: "x": supported values: "*", "Cluster", "Namespaced"'],
  ];
  for (const [part, ...errors] of cases)
    assert.deepEqual(
      messages({ rules: [{ ...rule, ...part }] }),
      errors.map((error) => `rules[0].${error}`),
    );
});
