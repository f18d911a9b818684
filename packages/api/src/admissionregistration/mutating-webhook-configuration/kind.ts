import type { MutatingWebhookConfiguration } from '../../generated/types.ts';
import { defineKind } from '../../kind.ts';
import { webhookColumns, webhookLists, webhookStrategy } from '../webhooks.ts';

export const mutatingWebhookConfigurationKind = defineKind<MutatingWebhookConfiguration>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'MutatingWebhookConfiguration',
  resource: 'mutatingwebhookconfigurations',
  singular: 'mutatingwebhookconfiguration',
  categories: ['api-extensions'],
  namespaced: false,
  schema: 'MutatingWebhookConfiguration',
  lists: webhookLists('MutatingWebhookConfiguration', 'MutatingWebhook'),
  columns: webhookColumns,
  strategy: {
    ...webhookStrategy,
    defaults(configuration) {
      webhookStrategy.defaults?.(configuration);
      for (const webhook of configuration.webhooks ?? []) webhook.reinvocationPolicy ??= 'Never';
    },
  },
});
