/** The admission plugins, in upstream's order; ResourceQuota, the last, follows the checks of the registry (apiserver.ts). */
import type { Authorizer } from '@t8s/auth';
import type { Logger } from '@t8s/telemetry';
import type { ObjectStore } from '../registry/object-store.ts';
import type { ServedResources } from '../registry/served-resources.ts';
import type { WebhookClient } from '../webhooks/webhook-client.ts';
import { certificateApproval } from './certificate-approval/plugin.ts';
import { certificateSigning } from './certificate-signing/plugin.ts';
import { certificateSubjectRestriction } from './certificate-subject-restriction/plugin.ts';
import { defaultIngressClass } from './default-ingress-class/plugin.ts';
import { defaultStorageClass } from './default-storage-class/plugin.ts';
import { defaultTolerationSeconds } from './default-toleration-seconds/plugin.ts';
import { limitRanger } from './limit-ranger/plugin.ts';
import { namespaceLifecycle } from './namespace-lifecycle/plugin.ts';
import { nodeRestriction } from './node-restriction/plugin.ts';
import { persistentVolumeClaimResize } from './persistent-volume-claim-resize/plugin.ts';
import type { AdmissionPlugin } from './plugin.ts';
import { podSecurity } from './pod-security/plugin.ts';
import { priority } from './priority/plugin.ts';
import { runtimeClass } from './runtime-class/plugin.ts';
import { serviceAccount } from './service-account/plugin.ts';
import { taintNodesByCondition } from './taint-nodes-by-condition/plugin.ts';
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
  const { objects, authorize } = options;
  return [
    namespaceLifecycle(objects),
    limitRanger(objects),
    serviceAccount(objects),
    nodeRestriction(objects),
    taintNodesByCondition,
    podSecurity(objects),
    priority(objects),
    defaultTolerationSeconds,
    defaultStorageClass(objects),
    persistentVolumeClaimResize(objects),
    runtimeClass(objects),
    certificateApproval(authorize),
    certificateSigning(authorize),
    certificateSubjectRestriction,
    defaultIngressClass(objects),
    mutatingWebhooks(options),
    validatingAdmissionPolicy(options),
    validatingWebhooks(options),
  ];
}
