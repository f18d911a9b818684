import type { MutatingWebhook, MutatingWebhookConfiguration, ValidatingWebhook } from '@t8s/api';
import type { KubeObject } from '@t8s/meta';
import { type Compiled, compileMatchCondition } from '@t8s/policy';

/** A webhook as it is configured, ready to be asked. */
export interface Hook {
  /** Of this webhook of this configuration, whatever version. */
  id: string;
  configuration: string;
  webhook: ValidatingWebhook & Pick<MutatingWebhook, 'reinvocationPolicy'>;
  conditions: readonly Compiled[];
}

/** Conditions are compiled once for each version of a configuration. */
const known = new WeakMap<KubeObject, readonly Hook[]>();

/** All webhooks of these configurations, in their order. */
export const hooksOf = (configurations: Iterable<{ object: KubeObject }>): Hook[] =>
  [...configurations].flatMap(({ object }) => hooksIn(object));

function hooksIn(configuration: KubeObject): readonly Hook[] {
  const found = known.get(configuration);
  if (found) return found;
  const { metadata, webhooks = [] } = configuration as MutatingWebhookConfiguration;
  const { name = '' } = metadata;
  const hooks = webhooks.map((webhook) => ({
    id: `${name}/${webhook.name}`,
    configuration: name,
    webhook,
    conditions: (webhook.matchConditions ?? []).map(({ expression }) => compileMatchCondition(expression)),
  }));
  known.set(configuration, hooks);
  return hooks;
}
