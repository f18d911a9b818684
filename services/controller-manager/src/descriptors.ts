/** Every controller, in the order they start. `--controllers` names them. */
import type { Controller } from '@t8s/controller';
import { signingAuthorities } from './certificates/authorities.ts';
import type { ControllerContext } from './context.ts';
import { bootstrapSignerController } from './controllers/bootstrap-signer/controller.ts';
import { clusterRoleAggregation } from './controllers/cluster-role-aggregation/controller.ts';
import { cronJobController } from './controllers/cron-job/controller.ts';
import { csrApprovingController } from './controllers/csr-approving/controller.ts';
import { csrCleanerController } from './controllers/csr-cleaner/controller.ts';
import { csrSigningController } from './controllers/csr-signing/controller.ts';
import { daemonSetController } from './controllers/daemon-set/controller.ts';
import { deploymentController } from './controllers/deployment/controller.ts';
import { disruptionController } from './controllers/disruption/controller.ts';
import { endpointSliceController } from './controllers/endpoint-slice/controller.ts';
import { endpointSliceMirroringController } from './controllers/endpoint-slice-mirroring/controller.ts';
import { endpointsController } from './controllers/endpoints/controller.ts';
import { ephemeralVolumeController } from './controllers/ephemeral-volume/controller.ts';
import { garbageCollector } from './controllers/garbage-collector/controller.ts';
import { horizontalPodAutoscaler } from './controllers/horizontal-pod-autoscaler/controller.ts';
import { jobController } from './controllers/job/controller.ts';
import { legacyTokenCleaner } from './controllers/legacy-token-cleaner/controller.ts';
import { namespaceController } from './controllers/namespace/controller.ts';
import { nodeIpamController } from './controllers/node-ipam/controller.ts';
import { nodeLifecycleController } from './controllers/node-lifecycle/controller.ts';
import { persistentVolumeBinder } from './controllers/persistent-volume-binder/controller.ts';
import { persistentVolumeExpander } from './controllers/persistent-volume-expander/controller.ts';
import { podGcController } from './controllers/pod-gc/controller.ts';
import { pvProtection } from './controllers/pv-protection/controller.ts';
import { pvcProtection } from './controllers/pvc-protection/controller.ts';
import { replicaSetController } from './controllers/replica-set/controller.ts';
import { replicationControllerController } from './controllers/replication-controller/controller.ts';
import { resourceQuotaController } from './controllers/resource-quota/controller.ts';
import { rootCaPublisher } from './controllers/root-ca-publisher/controller.ts';
import { serviceAccountController } from './controllers/service-account/controller.ts';
import { serviceAccountTokenController } from './controllers/service-account-token/controller.ts';
import { serviceCidrController } from './controllers/service-cidr/controller.ts';
import { statefulSetController } from './controllers/stateful-set/controller.ts';
import { taintEvictionController } from './controllers/taint-eviction/controller.ts';
import { tokenCleanerController } from './controllers/token-cleaner/controller.ts';
import { ttlController } from './controllers/ttl/controller.ts';
import { ttlAfterFinishedController } from './controllers/ttl-after-finished/controller.ts';
import { validatingAdmissionPolicyStatusController } from './controllers/validating-admission-policy-status/controller.ts';
import { volumeAttributesClassProtection } from './controllers/volume-attributes-class-protection/controller.ts';
import { volumeProvisioner } from './controllers/volume-provisioner/controller.ts';
import type { ManagerFlags } from './flags.ts';

export interface Descriptor {
  /** Upstream's name. */
  name: string;
  /** The service account of kube-system it acts as: upstream's role `system:controller:<account>` says what it may do. As itself where there is none. */
  account?: string;
  /** `*` does not mean it (upstream's choice: kubeadm asks for them by name). */
  onlyNamed?: boolean;
  /** Undefined where the flags leave the controller nothing to do. */
  create(context: ControllerContext, flags: ManagerFlags): Controller | undefined | Promise<Controller>;
}

export const descriptors: readonly Descriptor[] = [
  // Signs for accounts, and so is none itself.
  {
    name: 'serviceaccount-token-controller',
    create: (context, { 'service-account-private-key-file': privateKey, 'root-ca-file': rootCa }) =>
      privateKey === undefined ? undefined : serviceAccountTokenController(context, { privateKey, rootCa }),
  },
  // What pods of any namespace need before they can run.
  { name: 'serviceaccount-controller', account: 'service-account-controller', create: serviceAccountController },
  {
    name: 'root-ca-certificate-publisher-controller',
    account: 'root-ca-cert-publisher',
    create: (context, { 'root-ca-file': rootCa }) => (rootCa === undefined ? undefined : rootCaPublisher(context, rootCa)),
  },
  // Who may do what.
  {
    name: 'clusterrole-aggregation-controller',
    account: 'clusterrole-aggregation-controller',
    create: clusterRoleAggregation,
  },
  {
    name: 'certificatesigningrequest-signing-controller',
    account: 'certificate-controller',
    create: (context, flags) => {
      const authorities = signingAuthorities(flags);
      if (Object.keys(authorities).length === 0) return undefined;
      return csrSigningController(context, { authorities, duration: flags['cluster-signing-duration'] });
    },
  },
  { name: 'certificatesigningrequest-approving-controller', account: 'certificate-controller', create: csrApprovingController },
  { name: 'certificatesigningrequest-cleaner-controller', account: 'certificate-controller', create: csrCleanerController },
  { name: 'bootstrap-signer-controller', account: 'bootstrap-signer', create: bootstrapSignerController, onlyNamed: true },
  {
    name: 'legacy-serviceaccount-token-cleaner-controller',
    account: 'legacy-service-account-token-cleaner',
    create: (context, flags) => legacyTokenCleaner(context, flags['legacy-service-account-token-clean-up-period']),
  },
  { name: 'token-cleaner-controller', account: 'token-cleaner', create: tokenCleanerController, onlyNamed: true },
  // Nodes.
  {
    name: 'node-ipam-controller',
    account: 'node-controller',
    create: (context, flags) => {
      const clusterCidr = flags['cluster-cidr'];
      return clusterCidr === undefined ? undefined : nodeIpamController(context, { clusterCidr, nodeMask: flags['node-cidr-mask-size'] });
    },
  },
  {
    name: 'node-lifecycle-controller',
    account: 'node-controller',
    create: (context, flags) =>
      nodeLifecycleController(context, {
        gracePeriod: flags['node-monitor-grace-period'],
        startupGracePeriod: flags['node-startup-grace-period'],
        monitorPeriod: flags['node-monitor-period'],
        evictionRate: flags['node-eviction-rate'],
        secondaryEvictionRate: flags['secondary-node-eviction-rate'],
        unhealthyZoneThreshold: flags['unhealthy-zone-threshold'],
        largeClusterSizeThreshold: flags['large-cluster-size-threshold'],
      }),
  },
  { name: 'taint-eviction-controller', account: 'node-controller', create: taintEvictionController },
  // Workloads.
  { name: 'replicaset-controller', account: 'replicaset-controller', create: replicaSetController },
  { name: 'replicationcontroller-controller', account: 'replication-controller', create: replicationControllerController },
  { name: 'deployment-controller', account: 'deployment-controller', create: deploymentController },
  { name: 'daemonset-controller', account: 'daemon-set-controller', create: daemonSetController },
  { name: 'statefulset-controller', account: 'statefulset-controller', create: statefulSetController },
  { name: 'job-controller', account: 'job-controller', create: jobController },
  { name: 'cronjob-controller', account: 'cronjob-controller', create: cronJobController },
  { name: 'disruption-controller', account: 'disruption-controller', create: disruptionController },
  {
    name: 'horizontal-pod-autoscaler-controller',
    account: 'horizontal-pod-autoscaler',
    create: (context, flags) =>
      horizontalPodAutoscaler(context, {
        syncPeriod: flags['horizontal-pod-autoscaler-sync-period'],
        downscaleStabilization: flags['horizontal-pod-autoscaler-downscale-stabilization'],
        tolerance: flags['horizontal-pod-autoscaler-tolerance'],
        cpuInitializationPeriod: flags['horizontal-pod-autoscaler-cpu-initialization-period'],
        initialReadinessDelay: flags['horizontal-pod-autoscaler-initial-readiness-delay'],
      }),
  },
  // Volumes.
  {
    name: 'persistentvolume-binder-controller',
    account: 'persistent-volume-binder',
    create: (context, flags) => persistentVolumeBinder(context, { helperImage: flags['volume-helper-image'] }),
  },
  {
    name: 'volume-provisioner-controller',
    account: 'persistent-volume-binder',
    create: (context, flags) =>
      volumeProvisioner(context, { helperImage: flags['volume-helper-image'], directory: flags['volume-directory'] }),
  },
  { name: 'persistentvolume-expander-controller', account: 'expand-controller', create: persistentVolumeExpander },
  { name: 'ephemeral-volume-controller', account: 'ephemeral-volume-controller', create: ephemeralVolumeController },
  // Services.
  {
    name: 'endpointslice-controller',
    account: 'endpointslice-controller',
    create: (context, flags) =>
      endpointSliceController(context, {
        maxEndpoints: flags['max-endpoints-per-slice'],
        batchPeriod: flags['endpointslice-updates-batch-period'],
      }),
  },
  {
    name: 'endpoints-controller',
    account: 'endpoint-controller',
    create: (context, flags) => endpointsController(context, { batchPeriod: flags['endpoint-updates-batch-period'] }),
  },
  {
    name: 'endpointslice-mirroring-controller',
    account: 'endpointslicemirroring-controller',
    create: (context, flags) => endpointSliceMirroringController(context, { maxEndpoints: flags['mirroring-max-endpoints-per-subset'] }),
  },
  { name: 'service-cidr-controller', account: 'service-cidrs-controller', create: serviceCidrController },
  // Storage in use.
  { name: 'persistentvolumeclaim-protection-controller', account: 'pvc-protection-controller', create: pvcProtection },
  { name: 'persistentvolume-protection-controller', account: 'pv-protection-controller', create: pvProtection },
  {
    name: 'volumeattributesclass-protection-controller',
    account: 'volumeattributesclass-protection-controller',
    create: volumeAttributesClassProtection,
  },
  // What policies are told of themselves.
  {
    name: 'validatingadmissionpolicy-status-controller',
    account: 'validatingadmissionpolicy-status-controller',
    create: validatingAdmissionPolicyStatusController,
  },
  // What namespaces may hold.
  { name: 'resourcequota-controller', account: 'resourcequota-controller', create: resourceQuotaController },
  // Cleaning up. The collector comes last: it shares the caches of the others and adds the kinds nobody watches.
  { name: 'namespace-controller', account: 'namespace-controller', create: namespaceController },
  {
    name: 'pod-garbage-collector-controller',
    account: 'pod-garbage-collector',
    create: (context, flags) => podGcController(context, flags['terminated-pod-gc-threshold']),
  },
  { name: 'ttl-controller', account: 'ttl-controller', create: ttlController },
  { name: 'ttl-after-finished-controller', account: 'ttl-after-finished-controller', create: ttlAfterFinishedController },
  { name: 'garbage-collector-controller', account: 'generic-garbage-collector', create: garbageCollector },
];

/** The descriptors that `--controllers` asks for: `*` is all but those to be named, `-name` leaves one out. Throws RangeError on an unknown name. */
export function selectDescriptors(wanted: readonly string[]): Descriptor[] {
  const names = new Set(descriptors.map((d) => d.name));
  for (const entry of wanted)
    if (entry !== '*' && !names.has(entry.replace(/^-/, '')))
      throw new RangeError(`--controllers: "${entry}" is not one of ${[...names].join(', ')}`);
  return descriptors.filter(
    ({ name, onlyNamed = false }) => !wanted.includes(`-${name}`) && ((wanted.includes('*') && !onlyNamed) || wanted.includes(name)),
  );
}
