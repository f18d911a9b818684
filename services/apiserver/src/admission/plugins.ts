/** The admission plugins, in upstream's order. */
import type { Authorizer } from '@t8s/auth';
import type { ObjectStore } from '../registry/object-store.ts';
import type { ServedResources } from '../registry/served-resources.ts';
import { defaultTolerationSeconds } from './default-toleration-seconds/plugin.ts';
import { namespaceLifecycle } from './namespace-lifecycle/plugin.ts';
import type { AdmissionPlugin } from './plugin.ts';
import { priority } from './priority/plugin.ts';
import { serviceAccount } from './service-account/plugin.ts';
import { validatingAdmissionPolicy } from './validating-admission-policy/plugin.ts';

export interface AdmissionOptions {
  objects: ObjectStore;
  served: ServedResources;
  /** Whom the expressions of policies and webhooks ask what users may do. */
  authorize: Authorizer;
}

export function admissionPlugins({ objects, served, authorize }: AdmissionOptions): AdmissionPlugin[] {
  return [
    namespaceLifecycle(objects),
    serviceAccount(objects),
    priority(objects),
    defaultTolerationSeconds,
    validatingAdmissionPolicy({ objects, served, authorize }),
  ];
}
