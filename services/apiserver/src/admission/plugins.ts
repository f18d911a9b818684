/** The admission plugins, in upstream's order. */
import type { Authorizer } from '@t8s/auth';
import type { Logger } from '@t8s/telemetry';
import type { ObjectStore } from '../registry/object-store.ts';
import type { ServedResources } from '../registry/served-resources.ts';
import type { WebhookClient } from '../webhooks/webhook-client.ts';
import { defaultTolerationSeconds } from './default-toleration-seconds/plugin.ts';
import { limitRanger } from './limit-ranger/plugin.ts';
import { namespaceLifecycle } from './namespace-lifecycle/plugin.ts';
import { nodeRestriction } from './node-restriction/plugin.ts';
import type { AdmissionPlugin } from './plugin.ts';
import { priority } from './priority/plugin.ts';
import { serviceAccount } from './service-account/plugin.ts';
import { validatingAdmissionPolicy } from './validating-admission-policy/plugin.ts';
import { mutatingWebhooks } from './webhooks/mutating.ts';
import { validatingWebhooks } from './webhooks/validating.ts';

export interface AdmissionOptions {
  objects: ObjectStore;
  served: ServedResources;
  /** Whom the expressions of policies and webhooks ask what users may do. */
  authorize: Authorizer;
  client: WebhookClient;
  log: Logger;
}

export function admissionPlugins(options: AdmissionOptions): AdmissionPlugin[] {
  const { objects } = options;
  return [
    namespaceLifecycle(objects),
    limitRanger(objects),
    serviceAccount(objects),
    nodeRestriction(objects),
    priority(objects),
    defaultTolerationSeconds,
    mutatingWebhooks(options),
    validatingAdmissionPolicy(options),
    validatingWebhooks(options),
  ];
}
