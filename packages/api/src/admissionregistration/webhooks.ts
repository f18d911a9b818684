/** What mutating and validating webhooks have in common (admissionregistration's validation and defaults, v1.34). */
import { duplicate, type FieldError, invalidValue, isDns1035Label, isDns1123Subdomain, type ObjectMeta, required } from '@t8s/meta';
import { ageColumn, nameColumn } from '../columns.ts';
import { invalidBy, optionalOneOf } from '../field-checks.ts';
import type { MutatingWebhook, ValidatingWebhook } from '../generated/types.ts';
import { countGeneration } from '../generation.ts';
import type { Column, ListType, Strategy } from '../kind.ts';
import { validateLabelSelector } from '../label-selector.ts';
import { semanticEqual } from '../semantic-equal.ts';
import { validateWebhookClient } from '../webhook-client.ts';
import { validateMatchConditions } from './match-conditions.ts';
import { defaultRules, failurePolicies, matchPolicies, validateRule } from './match-rules.ts';

type Webhook = ValidatingWebhook & Pick<MutatingWebhook, 'reinvocationPolicy'>;

export interface WebhookConfiguration {
  metadata: ObjectMeta;
  webhooks?: Webhook[];
}

/** Versions of AdmissionReview that the server speaks. */
const reviewVersions = ['v1', 'v1beta1'];
const sideEffectClasses = ['None', 'NoneOnDryRun'];

export const webhookColumns: readonly Column<WebhookConfiguration>[] = [
  nameColumn,
  {
    name: 'Webhooks',
    type: 'integer',
    description: 'Webhooks indicates the number of webhooks registered in this configuration',
    cell: ({ webhooks = [] }) => webhooks.length,
  },
  ageColumn,
];

/** Lists of `type`, a webhook, and of the kind that holds them. */
export const webhookLists = (kind: string, type: string): Record<string, ListType> => ({
  [`${kind}.webhooks`]: { mergeKey: 'name', listType: 'map', mapKeys: ['name'] },
  [`${type}.admissionReviewVersions`]: { listType: 'atomic' },
  [`${type}.matchConditions`]: { mergeKey: 'name', listType: 'map', mapKeys: ['name'] },
  [`${type}.rules`]: { listType: 'atomic' },
});

export const webhookStrategy: Strategy<WebhookConfiguration> = {
  unconditionalUpdate: false,
  defaults({ webhooks = [] }) {
    for (const webhook of webhooks) {
      webhook.failurePolicy ??= 'Fail';
      webhook.matchPolicy ??= 'Equivalent';
      webhook.namespaceSelector ??= {};
      webhook.objectSelector ??= {};
      webhook.timeoutSeconds ??= 10;
      const { service } = webhook.clientConfig ?? {};
      if (service) service.port ??= 443;
      defaultRules(webhook.rules);
    }
  },
  prepareForCreate({ metadata }) {
    metadata.generation = 1;
  },
  prepareForUpdate(configuration, old) {
    countGeneration(configuration, old, semanticEqual(configuration.webhooks, old.webhooks));
  },
  validate({ webhooks = [] }) {
    const names = webhooks.map(({ name }) => name);
    return webhooks.flatMap((webhook, i) => [
      ...validateWebhook(webhook, `webhooks[${i}]`),
      ...validateReviewVersions(webhook.admissionReviewVersions, `webhooks[${i}].admissionReviewVersions`),
      ...(webhook.name && names.indexOf(webhook.name) < i ? [duplicate(`webhooks[${i}].name`, webhook.name)] : []),
    ]);
  },
};

function validateWebhook(webhook: Webhook, path: string): FieldError[] {
  const { failurePolicy, matchPolicy, sideEffects, timeoutSeconds = 10, reinvocationPolicy } = webhook;
  return [
    ...fullyQualifiedName(`${path}.name`, webhook.name),
    ...(webhook.rules ?? []).flatMap((rule, i) => validateRule(rule, `${path}.rules[${i}]`)),
    ...optionalOneOf(`${path}.failurePolicy`, failurePolicy, failurePolicies),
    ...optionalOneOf(`${path}.matchPolicy`, matchPolicy, matchPolicies),
    ...(sideEffects === undefined
      ? [required(`${path}.sideEffects`, `must specify one of ${sideEffectClasses.join(', ')}`)]
      : optionalOneOf(`${path}.sideEffects`, sideEffects, sideEffectClasses)),
    ...(timeoutSeconds > 30 || timeoutSeconds < 1
      ? [invalidValue(`${path}.timeoutSeconds`, timeoutSeconds, 'the timeout value must be between 1 and 30 seconds')]
      : []),
    ...validateLabelSelector(webhook.namespaceSelector, `${path}.namespaceSelector`),
    ...validateLabelSelector(webhook.objectSelector, `${path}.objectSelector`),
    ...optionalOneOf(`${path}.reinvocationPolicy`, reinvocationPolicy, ['IfNeeded', 'Never']),
    ...validateWebhookClient(webhook.clientConfig ?? {}, `${path}.clientConfig`),
    ...validateMatchConditions(webhook.matchConditions, `${path}.matchConditions`),
  ];
}

/** A domain of at least three segments: apimachinery's IsFullyQualifiedName. */
function fullyQualifiedName(path: string, name = ''): FieldError[] {
  if (name === '') return [required(path)];
  const errors = isDns1123Subdomain(name);
  if (errors.length > 0) return [invalidValue(path, name, errors.join(','))];
  return name.split('.').length < 3 ? [invalidValue(path, name, 'should be a domain with at least three segments separated by dots')] : [];
}

function validateReviewVersions(versions: readonly string[] = [], path: string): FieldError[] {
  const known = reviewVersions.join(', ');
  if (versions.length === 0) return [required(path, `must specify one of ${known}`)];
  return [
    ...versions.flatMap((version, i) =>
      versions.indexOf(version) < i
        ? [invalidValue(`${path}[${i}]`, version, 'duplicate version')]
        : invalidBy(`${path}[${i}]`, version, isDns1035Label(version)),
    ),
    ...(versions.some((version) => reviewVersions.includes(version))
      ? []
      : [invalidValue(path, versions, `must include at least one of ${known}`)]),
  ];
}
