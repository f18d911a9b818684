/** The admission plugins, in upstream's order, and which of them are in force. */
import type { Authorizer } from '@t8s/auth';
import { UsageError } from '@t8s/component';
import { aggregate, quote } from '@t8s/meta';
import type { Logger } from '@t8s/telemetry';
import type { ApiServerMetrics } from '../metrics.ts';
import type { ObjectStore } from '../registry/object-store.ts';
import type { ServedResources } from '../registry/served-resources.ts';
import type { WebhookClient } from '../webhooks/webhook-client.ts';
import { alwaysPullImages } from './always-pull-images/plugin.ts';
import { certificateApproval } from './certificate-approval/plugin.ts';
import { certificateSigning } from './certificate-signing/plugin.ts';
import { certificateSubjectRestriction } from './certificate-subject-restriction/plugin.ts';
import type { AdmissionConfiguration } from './configuration.ts';
import { defaultIngressClass } from './default-ingress-class/plugin.ts';
import { defaultStorageClassPlugin } from './default-storage-class/plugin.ts';
import { defaultTolerationSeconds } from './default-toleration-seconds/plugin.ts';
import { limitRanger } from './limit-ranger/plugin.ts';
import { namespaceLifecycle } from './namespace-lifecycle/plugin.ts';
import { nodeRestriction } from './node-restriction/plugin.ts';
import { ownerReferencesPermissionEnforcement } from './owner-references-permission-enforcement/plugin.ts';
import { persistentVolumeClaimResize } from './persistent-volume-claim-resize/plugin.ts';
import type { AdmissionPlugin } from './plugin.ts';
import { podNodeSelector } from './pod-node-selector/plugin.ts';
import { podSecurity } from './pod-security/plugin.ts';
import { priority } from './priority/plugin.ts';
import { resourceQuota } from './resource-quota/plugin.ts';
import { runtimeClass } from './runtime-class/plugin.ts';
import { serviceAccount } from './service-account/plugin.ts';
import { storageObjectInUseProtection } from './storage-object-in-use-protection/plugin.ts';
import { taintNodesByCondition } from './taint-nodes-by-condition/plugin.ts';
import { validatingAdmissionPolicy } from './validating-admission-policy/plugin.ts';
import { mutatingWebhooks } from './webhooks/mutating.ts';
import { validatingWebhooks } from './webhooks/validating.ts';

export interface AdmissionOptions {
  objects: ObjectStore;
  served: ServedResources;
  /** Whom plugins ask what users may do. */
  authorize: Authorizer;
  client: WebhookClient;
  metrics: ApiServerMetrics;
  configuration: AdmissionConfiguration;
  log: Logger;
}

/** By upstream's names, in upstream's order. */
const catalog: Readonly<Record<string, (options: AdmissionOptions) => AdmissionPlugin>> = {
  NamespaceLifecycle: ({ objects }) => namespaceLifecycle(objects),
  LimitRanger: ({ objects }) => limitRanger(objects),
  ServiceAccount: ({ objects }) => serviceAccount(objects),
  NodeRestriction: ({ objects, authorize }) => nodeRestriction(objects, authorize),
  TaintNodesByCondition: () => taintNodesByCondition,
  AlwaysPullImages: () => alwaysPullImages,
  PodSecurity: ({ objects, configuration }) => podSecurity(objects, configuration.PodSecurity),
  PodNodeSelector: ({ objects, configuration }) => podNodeSelector(objects, configuration.PodNodeSelector),
  Priority: ({ objects }) => priority(objects),
  DefaultTolerationSeconds: () => defaultTolerationSeconds,
  DefaultStorageClass: ({ objects }) => defaultStorageClassPlugin(objects),
  StorageObjectInUseProtection: () => storageObjectInUseProtection,
  OwnerReferencesPermissionEnforcement: ({ authorize, served }) => ownerReferencesPermissionEnforcement(authorize, served),
  PersistentVolumeClaimResize: ({ objects }) => persistentVolumeClaimResize(objects),
  RuntimeClass: ({ objects }) => runtimeClass(objects),
  CertificateApproval: ({ authorize }) => certificateApproval(authorize),
  CertificateSigning: ({ authorize }) => certificateSigning(authorize),
  CertificateSubjectRestriction: () => certificateSubjectRestriction,
  DefaultIngressClass: ({ objects }) => defaultIngressClass(objects),
  MutatingAdmissionWebhook: mutatingWebhooks,
  ValidatingAdmissionPolicy: validatingAdmissionPolicy,
  ValidatingAdmissionWebhook: validatingWebhooks,
  ResourceQuota: ({ objects, configuration }) => resourceQuota(objects, configuration.ResourceQuota),
};

/** Off unless asked for. */
const optional: ReadonlySet<string> = new Set([
  'NodeRestriction',
  'AlwaysPullImages',
  'PodNodeSelector',
  'OwnerReferencesPermissionEnforcement',
]);

/**
 * The names that are in force. `enable` and `disable` are --enable-admission-plugins and --disable-admission-plugins: throws UsageError
 * in upstream's words where they name what is not there, or the same in both.
 */
export function selectPlugins({ enable, disable }: { enable: readonly string[]; disable: readonly string[] }): string[] {
  const unknown = (flag: string, names: readonly string[]): string[] =>
    names.filter((name) => !(name in catalog)).map((name) => `${flag} plugin ${quote(name)} is unknown`);
  const both = [...new Set(enable)].filter((name) => disable.includes(name)).sort();
  const errors = [
    ...unknown('enable-admission-plugins', enable),
    ...unknown('disable-admission-plugins', disable),
    ...(both.length > 0 ? [`[${both.join(' ')}] in enable-admission-plugins and disable-admission-plugins overlapped`] : []),
  ];
  if (errors.length > 0) throw new UsageError(aggregate(errors));
  return Object.keys(catalog).filter((name) => !disable.includes(name) && (enable.includes(name) || !optional.has(name)));
}

/** `names` in their order, with what the registry checks before the last of all, ResourceQuota, which charges. */
export function admissionPlugins(
  names: readonly string[],
  registry: readonly AdmissionPlugin[],
  options: AdmissionOptions,
): AdmissionPlugin[] {
  const plugins = names.flatMap((name) => catalog[name]?.(options) ?? []);
  const charging = plugins.findIndex(({ name }) => name === 'ResourceQuota');
  return charging < 0 ? [...plugins, ...registry] : plugins.toSpliced(charging, 0, ...registry);
}
