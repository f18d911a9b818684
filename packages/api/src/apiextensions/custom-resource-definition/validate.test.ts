import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage } from '@t8s/meta';
import type {
  CustomResourceConversion,
  CustomResourceDefinition,
  CustomResourceDefinitionSpec,
  CustomResourceDefinitionVersion,
  JSONSchemaProps,
} from '../../generated/types.ts';
import { customResourceDefinitionKind } from './kind.ts';

const { strategy } = customResourceDefinitionKind;

const v1 = (more: Partial<CustomResourceDefinitionVersion> = {}): CustomResourceDefinitionVersion => ({
  name: 'v1',
  served: true,
  storage: true,
  schema: { openAPIV3Schema: { type: 'object' } },
  ...more,
});
function definition(spec: Partial<CustomResourceDefinitionSpec>, more: Partial<CustomResourceDefinition> = {}): CustomResourceDefinition {
  const crd: CustomResourceDefinition = {
    metadata: { name: 'crontabs.example.com' },
    spec: { group: 'example.com', names: { plural: 'crontabs', kind: 'CronTab' }, scope: 'Namespaced', versions: [v1()], ...spec },
    ...more,
  };
  strategy.defaults?.(crd);
  return crd;
}
const errorsOf = (crd: CustomResourceDefinition): string[] =>
  [...(strategy.validate?.(crd) ?? []), ...(strategy.validateCreate?.(crd) ?? [])].map(fieldErrorMessage);
const ofSpec = (spec: Partial<CustomResourceDefinitionSpec>): string[] => errorsOf(definition(spec));
const ofVersion = (more: Partial<CustomResourceDefinitionVersion>): string[] => ofSpec({ versions: [v1(more)] });
/** Errors of a field `f` of spec, with the part of their paths left out that leads there. */
const ofField = (f: JSONSchemaProps): string[] =>
  ofVersion({
    schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties: { f } } } } },
  }).map((message) => message.replaceAll('spec.validation.openAPIV3Schema.properties[spec].properties[f]', '…'));

const label =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";

test('names, group, scope and versions', () => {
  assert.deepEqual(ofSpec({}), []);
  assert.deepEqual(ofSpec({ group: 'com' }), [
    'metadata.name: Invalid value: "crontabs.example.com": must be spec.names.plural+"."+spec.group',
    'spec.group: Invalid value: "com": should be a domain with at least one dot',
  ]);
  assert.deepEqual(ofSpec({ scope: 'Some' }), ['spec.scope: Unsupported value: "Some": supported values: "Cluster", "Namespaced"']);
  assert.deepEqual(ofSpec({ names: { plural: 'crontabs', kind: 'C_', listKind: 'C_', shortNames: ['A'] } }), [
    `spec.names.singular: Invalid value: "c_": ${label}`,
    `spec.names.kind: Invalid value: "C_": may have mixed case, but should otherwise match: ${label}`,
    `spec.names.listKind: Invalid value: "C_": may have mixed case, but should otherwise match: ${label}`,
    `spec.names.shortNames[0]: Invalid value: "A": ${label}`,
    'spec.names.listKind: Invalid value: "C_": kind and listKind may not be the same',
  ]);
  assert.match(
    ofSpec({ versions: [v1(), v1({ name: 'v2' })] }).join(),
    /^spec.versions: Invalid value: \[\{"Name":"v1".*\}\]: must have exactly one version marked as storage version,/,
  );
  assert.match(ofSpec({ versions: [v1(), v1({ storage: false })] }).join(), /: must contain unique version names$/);
  assert.deepEqual(ofVersion({ schema: {} }), ['spec.versions[0].schema.openAPIV3Schema: Required value: schemas are required']);
  assert.deepEqual(ofSpec({ preserveUnknownFields: true }), [
    'spec.preserveUnknownFields: Invalid value: true: cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead',
  ]);
});

test("the community's own groups take an approval", () => {
  const crd = (annotations: Record<string, string>): string[] =>
    errorsOf(definition({ group: 'x.k8s.io' }, { metadata: { name: 'crontabs.x.k8s.io', annotations } }));
  const path = 'metadata.annotations[api-approved.kubernetes.io]';
  assert.match(crd({}).join(), new RegExp(`^${path.replaceAll(/[.[\]]/g, '\\$&')}: Required value: protected groups must have approval`));
  assert.deepEqual(crd({ 'api-approved.kubernetes.io': 'https://github.com/kubernetes/kubernetes/pull/1' }), []);
  assert.deepEqual(crd({ 'api-approved.kubernetes.io': 'unapproved, experimental' }), []);
  assert.equal(crd({ 'api-approved.kubernetes.io': 'yes' }).length, 1);
});

test('what differs between versions is told of the version', () => {
  const other = v1({ name: 'v2', storage: false, schema: { openAPIV3Schema: { type: 'object', nullable: true } } });
  assert.deepEqual(ofSpec({ versions: [v1(), other] }), [
    'spec.versions[1].schema.openAPIV3Schema.nullable: Forbidden: nullable cannot be true at the root',
  ]);
});

test('structural schemas', () => {
  const cases: [schema: JSONSchemaProps, ...errors: string[]][] = [
    [{}, '….type: Required value: must not be empty for specified object fields'],
    [{ 'x-kubernetes-int-or-string': true }],
    [{ 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }], maximum: 3 }],
    [{ type: 'array' }, '….items: Required value: must be specified'],
    [{ type: 'array', items: {} }, '….items.type: Required value: must not be empty for specified array items'],
    [{ type: 'string', anyOf: [{ type: 'string' }] }, '….anyOf[0].type: Forbidden: must be empty to be structural'],
    [
      { type: 'string', 'x-kubernetes-embedded-resource': true },
      '….properties: Required value: must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields',
      '….type: Invalid value: "string": must be object if x-kubernetes-embedded-resource is true',
    ],
    [
      { type: 'string', pattern: '(' },
      '….pattern: Invalid value: "(": must be a valid regular expression, but isn\'t: Invalid regular expression: /(/u: Unterminated group',
    ],
    [
      { type: 'object', uniqueItems: true },
      '….uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic',
    ],
    [
      { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: false },
      '….additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive',
    ],
    [{ type: 'text' }, '….type: Unsupported value: "text": supported values: "array", "boolean", "integer", "number", "object", "string"'],
    [{ type: 'object', $ref: '#/x' }, '….$ref: Forbidden: $ref is not supported'],
    [{ type: 'object', $schema: 'x' }, 'spec.validation.openAPIV3Schema: Invalid value: "": OpenAPIV3Schema \'schema\' is not supported'],
  ];
  for (const [schema, ...errors] of cases) assert.deepEqual(ofField(schema), errors, JSON.stringify(schema));
  const root = (schema: JSONSchemaProps): string[] => ofVersion({ schema: { openAPIV3Schema: schema }, subresources: { status: {} } });
  assert.match(
    root({ type: 'object', oneOf: [{ required: ['spec'] }] }).join(),
    /: only \[Description Type .* XValidations\] fields are allowed at the root/,
  );
  assert.deepEqual(
    ofVersion({ schema: { openAPIV3Schema: { type: 'object', properties: { metadata: { type: 'object', required: ['name'] } } } } }),
    [
      'spec.validation.openAPIV3Schema.properties[metadata]: Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified',
    ],
  );
});

test('alternatives speak of what is specified', () => {
  const spec: JSONSchemaProps = { type: 'object', properties: { a: { type: 'string' } } };
  const oneOf = (name: string): JSONSchemaProps[] => [{ properties: { spec: { properties: { [name]: { minLength: 1 } } } } }];
  const errors = (name: string): string[] =>
    ofVersion({ schema: { openAPIV3Schema: { type: 'object', properties: { spec }, oneOf: oneOf(name) } } });
  assert.deepEqual(errors('a'), []);
  const path = 'spec.validation.openAPIV3Schema';
  assert.deepEqual(errors('b'), [
    `${path}.properties[spec].properties[b]: Required value: because it is defined in ${path}.oneOf[0].properties[spec].properties[b]`,
  ]);
});

test('list and map types', () => {
  const items: JSONSchemaProps = { type: 'object', properties: { k: { type: 'string' } } };
  const map: JSONSchemaProps = { type: 'array', items, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k'] };
  assert.deepEqual(ofField({ ...map, items: { ...items, required: ['k'] } }), []);
  assert.deepEqual(ofField(map), [
    '….items.properties[k].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property',
  ]);
  assert.deepEqual(ofField({ ...map, 'x-kubernetes-list-map-keys': [] }), [
    '….x-kubernetes-list-map-keys: Required value: must not be empty if x-kubernetes-list-type is map',
  ]);
  assert.deepEqual(ofField({ type: 'array', items, 'x-kubernetes-list-type': 'set' }), [
    '….items.x-kubernetes-map-type: Invalid value: null: must be atomic as item of a list with x-kubernetes-list-type=set',
  ]);
  assert.deepEqual(ofField({ type: 'string', 'x-kubernetes-map-type': 'some' }), [
    '….type: Invalid value: "string": must be object if x-kubernetes-map-type is specified',
    '….x-kubernetes-map-type: Unsupported value: "some": supported values: "atomic", "granular"',
  ]);
});

test('defaults are values of their schema', () => {
  assert.deepEqual(ofField({ type: 'integer', default: 'x' }), [
    '….default: Invalid value: "string":  in body must be of type integer: "string"',
  ]);
  assert.deepEqual(ofField({ type: 'object', properties: { a: { type: 'string' } }, default: { a: 1, b: 1 } }), [
    '….default: Invalid value: {"a":1,"b":1}: must not have unknown fields',
    '….default.a: Invalid value: "integer": a in body must be of type string: "integer"',
  ]);
  const meta: JSONSchemaProps = { type: 'object', properties: { name: { type: 'string', default: 'x' } } };
  assert.deepEqual(ofVersion({ schema: { openAPIV3Schema: { type: 'object', properties: { metadata: meta } } } }), [
    'spec.validation.openAPIV3Schema.properties[metadata].properties[name].default: Forbidden: must not be set in top-level metadata',
  ]);
});

test('validation rules, as far as no compiler is needed', () => {
  const rules = (...list: NonNullable<JSONSchemaProps['x-kubernetes-validations']>): string[] =>
    ofField({ type: 'object', properties: { a: { type: 'string' } }, 'x-kubernetes-validations': list });
  assert.deepEqual(rules({ rule: 'true', fieldPath: '.a', reason: 'FieldValueForbidden' }), []);
  assert.deepEqual(rules({ rule: ' ' }, { rule: 'a\n', message: 'a\nb', fieldPath: '.b', reason: 'No' }), [
    '….x-kubernetes-validations[0].rule: Required value: rule is not specified',
    '….x-kubernetes-validations[1].message: Invalid value: "a\\nb": message must not contain line breaks',
    '….x-kubernetes-validations[1].reason: Unsupported value: "No": supported values: "FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"',
    '….x-kubernetes-validations[1].fieldPath: Invalid value: ".b": fieldPath must be a valid path',
  ]);
});

test('columns, sub-resources, selectable fields', () => {
  assert.deepEqual(ofVersion({ additionalPrinterColumns: [{ name: '', type: 'x', jsonPath: 'a', format: 'y' }] }), [
    'spec.additionalPrinterColumns[0].name: Required value',
    'spec.additionalPrinterColumns[0].type: Invalid value: "x": must be one of boolean,date,integer,number,string',
    'spec.additionalPrinterColumns[0].format: Invalid value: "y": must be one of byte,date,date-time,double,float,int32,int64,password',
    'spec.additionalPrinterColumns[0].JSONPath: Invalid value: "a": must be a simple json path starting with .',
  ]);
  assert.deepEqual(
    ofVersion({ subresources: { scale: { specReplicasPath: '.status.n', statusReplicasPath: '', labelSelectorPath: 'x' } } }),
    [
      'spec.subresources.scale.specReplicasPath: Invalid value: ".status.n": should be a json path under .spec',
      'spec.subresources.scale.statusReplicasPath: Required value',
      'spec.subresources.scale.labelSelectorPath: Invalid value: "x": must be a simple json path starting with .',
    ],
  );
  const schema = { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties: { a: { type: 'string' } } } } } };
  const select = (...paths: string[]): string[] => ofVersion({ schema, selectableFields: paths.map((jsonPath) => ({ jsonPath })) });
  assert.deepEqual(select('.spec.a'), []);
  assert.deepEqual(select('.spec.a', '.spec.a', '.spec', '.spec.b', ".spec['a']"), [
    'spec.selectableFields[1].jsonPath: Duplicate value: ".spec.a"',
    'spec.selectableFields[2].jsonPath: Invalid value: ".spec": must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.',
    'spec.selectableFields[3].jsonPath: Invalid value: ".spec.b": is an invalid path: does not refer to a valid field',
    `spec.selectableFields[4].jsonPath: Invalid value: ".spec['a']": is an invalid path: array notation is not allowed`,
  ]);
  assert.deepEqual(ofVersion({ deprecationWarning: 'x' }), [
    'spec.versions[0].deprecationWarning: Invalid value: "x": can only be set for deprecated versions',
  ]);
});

test('conversion', () => {
  const of = (conversion: CustomResourceConversion): string[] => ofSpec({ conversion });
  const service = { name: 'n', namespace: 'ns', path: '/a/B' };
  const hook = (clientConfig: object, conversionReviewVersions = ['v1']): CustomResourceConversion => ({
    strategy: 'Webhook',
    webhook: { clientConfig, conversionReviewVersions },
  });
  const at = 'spec.conversion';
  assert.deepEqual(of({ strategy: 'Webhook' }), [
    `${at}.webhookClientConfig: Required value: required when strategy is set to Webhook`,
    `${at}.conversionReviewVersions: Required value`,
  ]);
  assert.deepEqual(of(hook({ service, url: 'https://x' })), [
    `${at}.webhookClientConfig: Required value: exactly one of url or service is required`,
  ]);
  assert.deepEqual(of(hook({ url: 'http://u@h/p?q#f' })), [
    `${at}.webhookClientConfig.url: Invalid value: "http": 'https' is the only allowed URL scheme; desired format: https://host[/path]`,
    `${at}.webhookClientConfig.url: Invalid value: "u": user information is not permitted in the URL`,
    `${at}.webhookClientConfig.url: Invalid value: "f": fragments are not permitted in the URL`,
    `${at}.webhookClientConfig.url: Invalid value: "q": query parameters are not permitted in the URL`,
  ]);
  assert.match(of(hook({ service })).join(), /service.path: Invalid value: "\/a\/B": segment\[1\]: a lowercase RFC 1123 subdomain/);
  assert.deepEqual(of(hook({ url: 'https://x' }, ['v7', 'v7'])), [
    `${at}.conversionReviewVersions[1]: Invalid value: "v7": duplicate version`,
    `${at}.conversionReviewVersions: Invalid value: ["v7","v7"]: must include at least one of v1, v1beta1`,
  ]);
  assert.deepEqual(of({ ...hook({ url: 'https://x' }), strategy: 'None' }), [
    `${at}.webhookClientConfig: Forbidden: should not be set when strategy is not set to Webhook`,
    `${at}.conversionReviewVersions: Forbidden: should not be set when strategy is not set to Webhook`,
  ]);
});

test('updates: what storage goes by stays, and no version goes while objects may be in it', () => {
  const established = { status: { storedVersions: ['v1', 'v0'], conditions: [{ type: 'Established', status: 'True' }] } };
  const old = definition({}, established);
  const next = definition({ scope: 'Cluster', names: { plural: 'tabs', kind: 'Tab' } }, established);
  assert.deepEqual((strategy.validateUpdate?.(next, old) ?? []).map(fieldErrorMessage), [
    'spec.scope: Invalid value: "Cluster": field is immutable',
    'spec.names.kind: Invalid value: "Tab": field is immutable',
    'spec.names.plural: Invalid value: "tabs": field is immutable',
  ]);
  assert.match(
    errorsOf(old).join(),
    /^status.storedVersions\[1\]: Invalid value: "v0": missing from spec.versions; v0 was previously a storage version/,
  );
});

test('a definition in use takes no new bundle without certificates', () => {
  const status = { storedVersions: ['v1'], conditions: [{ type: 'Established', status: 'True' }] };
  const crd = (caBundle: string): CustomResourceDefinition =>
    definition(
      { conversion: { strategy: 'Webhook', webhook: { clientConfig: { url: 'https://x', caBundle }, conversionReviewVersions: ['v1'] } } },
      { status },
    );
  const errors = (next: string, old: string): string[] => (strategy.validateUpdate?.(crd(next), crd(old)) ?? []).map(fieldErrorMessage);
  assert.deepEqual(errors('eA==', ''), [
    'spec.conversion.webhookClientConfig.caBundle: Invalid value: "eA==": unable to load root certificates: unable to parse bytes as PEM block',
  ]);
  assert.deepEqual(errors('eA==', 'eQ=='), []);
});

test('formats nobody knows are warned of, once', () => {
  const crd = (format: string): CustomResourceDefinition =>
    definition({ versions: [v1({ schema: { openAPIV3Schema: { type: 'object', properties: { f: { type: 'string', format } } } } })] });
  assert.deepEqual(strategy.warnings?.(crd('shape')), ['unrecognized format "shape"']);
  assert.deepEqual(strategy.warnings?.(crd('shape'), crd('shape')), []);
  assert.deepEqual(strategy.warnings?.(crd('date-time')), []);
});
