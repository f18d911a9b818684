/** The admission plugins, in upstream's order. */
import type { ObjectStore } from '../registry/object-store.ts';
import { defaultTolerationSeconds } from './default-toleration-seconds/plugin.ts';
import { namespaceLifecycle } from './namespace-lifecycle/plugin.ts';
import type { AdmissionPlugin } from './plugin.ts';
import { priority } from './priority/plugin.ts';
import { serviceAccount } from './service-account/plugin.ts';

export function admissionPlugins(objects: ObjectStore): AdmissionPlugin[] {
  return [namespaceLifecycle(objects), serviceAccount(objects), priority(objects), defaultTolerationSeconds];
}
