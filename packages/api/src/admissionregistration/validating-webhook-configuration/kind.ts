import type { ValidatingWebhookConfiguration } from '../../generated/types.ts';
import { defineKind } from '../../kind.ts';
import { ruleLists } from '../match-rules.ts';
import { webhookColumns, webhookLists, webhookStrategy } from '../webhooks.ts';

export const validatingWebhookConfigurationKind = defineKind<ValidatingWebhookConfiguration>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingWebhookConfiguration',
  resource: 'validatingwebhookconfigurations',
  singular: 'validatingwebhookconfiguration',
  categories: ['api-extensions'],
  namespaced: false,
  schema: 'ValidatingWebhookConfiguration',
  lists: { ...webhookLists('ValidatingWebhookConfiguration', 'ValidatingWebhook'), ...ruleLists },
  columns: webhookColumns,
  strategy: webhookStrategy,
});
