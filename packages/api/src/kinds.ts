/** Every kind the API serves, in the order discovery lists them. */
import { mutatingWebhookConfigurationKind } from './admissionregistration/mutating-webhook-configuration/kind.ts';
import { validatingAdmissionPolicyKind } from './admissionregistration/validating-admission-policy/kind.ts';
import { validatingAdmissionPolicyBindingKind } from './admissionregistration/validating-admission-policy-binding/kind.ts';
import { validatingWebhookConfigurationKind } from './admissionregistration/validating-webhook-configuration/kind.ts';
import { customResourceDefinitionKind } from './apiextensions/custom-resource-definition/kind.ts';
import { apiServiceKind } from './apiregistration/api-service/kind.ts';
import { controllerRevisionKind } from './apps/controller-revision/kind.ts';
import { daemonSetKind } from './apps/daemon-set/kind.ts';
import { deploymentKind } from './apps/deployment/kind.ts';
import { replicaSetKind } from './apps/replica-set/kind.ts';
import { statefulSetKind } from './apps/stateful-set/kind.ts';
import { selfSubjectReviewKind } from './authentication/self-subject-review/kind.ts';
import { tokenReviewKind } from './authentication/token-review/kind.ts';
import { localSubjectAccessReviewKind } from './authorization/local-subject-access-review/kind.ts';
import { selfSubjectAccessReviewKind } from './authorization/self-subject-access-review/kind.ts';
import { selfSubjectRulesReviewKind } from './authorization/self-subject-rules-review/kind.ts';
import { subjectAccessReviewKind } from './authorization/subject-access-review/kind.ts';
import { horizontalPodAutoscalerKind } from './autoscaling/horizontal-pod-autoscaler/kind.ts';
import { horizontalPodAutoscalerV1Kind } from './autoscaling/horizontal-pod-autoscaler/kind-v1.ts';
import { cronJobKind } from './batch/cron-job/kind.ts';
import { jobKind } from './batch/job/kind.ts';
import { certificateSigningRequestKind } from './certificates/certificate-signing-request/kind.ts';
import { leaseKind } from './coordination/lease/kind.ts';
import { bindingKind } from './core/binding/kind.ts';
import { componentStatusKind } from './core/component-status/kind.ts';
import { configMapKind } from './core/config-map/kind.ts';
import { endpointsKind } from './core/endpoints/kind.ts';
import { eventKind } from './core/event/kind.ts';
import { limitRangeKind } from './core/limit-range/kind.ts';
import { namespaceKind } from './core/namespace/kind.ts';
import { nodeKind } from './core/node/kind.ts';
import { persistentVolumeKind } from './core/persistent-volume/kind.ts';
import { persistentVolumeClaimKind } from './core/persistent-volume-claim/kind.ts';
import { podKind } from './core/pod/kind.ts';
import { podTemplateKind } from './core/pod-template/kind.ts';
import { replicationControllerKind } from './core/replication-controller/kind.ts';
import { resourceQuotaKind } from './core/resource-quota/kind.ts';
import { secretKind } from './core/secret/kind.ts';
import { serviceKind } from './core/service/kind.ts';
import { serviceAccountKind } from './core/service-account/kind.ts';
import { endpointSliceKind } from './discovery/endpoint-slice/kind.ts';
import { eventsEventKind } from './events/event/kind.ts';
import { flowSchemaKind } from './flowcontrol/flow-schema/kind.ts';
import { priorityLevelConfigurationKind } from './flowcontrol/priority-level-configuration/kind.ts';
import type { Kind } from './kind.ts';
import { nodeMetricsKind } from './metrics/node-metrics/kind.ts';
import { podMetricsKind } from './metrics/pod-metrics/kind.ts';
import { ingressKind } from './networking/ingress/kind.ts';
import { ingressClassKind } from './networking/ingress-class/kind.ts';
import { ipAddressKind } from './networking/ip-address/kind.ts';
import { networkPolicyKind } from './networking/network-policy/kind.ts';
import { serviceCidrKind } from './networking/service-cidr/kind.ts';
import { runtimeClassKind } from './node/runtime-class/kind.ts';
import { podDisruptionBudgetKind } from './policy/pod-disruption-budget/kind.ts';
import { clusterRoleKind } from './rbac/cluster-role/kind.ts';
import { clusterRoleBindingKind } from './rbac/cluster-role-binding/kind.ts';
import { roleKind } from './rbac/role/kind.ts';
import { roleBindingKind } from './rbac/role-binding/kind.ts';
import { priorityClassKind } from './scheduling/priority-class/kind.ts';
import { csiDriverKind } from './storage/csi-driver/kind.ts';
import { csiNodeKind } from './storage/csi-node/kind.ts';
import { csiStorageCapacityKind } from './storage/csi-storage-capacity/kind.ts';
import { storageClassKind } from './storage/storage-class/kind.ts';
import { volumeAttachmentKind } from './storage/volume-attachment/kind.ts';
import { volumeAttributesClassKind } from './storage/volume-attributes-class/kind.ts';

export {
  apiServiceKind,
  bindingKind,
  certificateSigningRequestKind,
  clusterRoleBindingKind,
  clusterRoleKind,
  componentStatusKind,
  configMapKind,
  controllerRevisionKind,
  cronJobKind,
  csiDriverKind,
  csiNodeKind,
  csiStorageCapacityKind,
  customResourceDefinitionKind,
  daemonSetKind,
  deploymentKind,
  endpointSliceKind,
  endpointsKind,
  eventKind,
  eventsEventKind,
  flowSchemaKind,
  horizontalPodAutoscalerKind,
  horizontalPodAutoscalerV1Kind,
  ingressClassKind,
  ingressKind,
  ipAddressKind,
  jobKind,
  leaseKind,
  limitRangeKind,
  localSubjectAccessReviewKind,
  mutatingWebhookConfigurationKind,
  namespaceKind,
  networkPolicyKind,
  nodeKind,
  nodeMetricsKind,
  persistentVolumeClaimKind,
  persistentVolumeKind,
  podDisruptionBudgetKind,
  podKind,
  podMetricsKind,
  podTemplateKind,
  priorityClassKind,
  priorityLevelConfigurationKind,
  replicaSetKind,
  replicationControllerKind,
  resourceQuotaKind,
  roleBindingKind,
  roleKind,
  runtimeClassKind,
  secretKind,
  selfSubjectAccessReviewKind,
  selfSubjectReviewKind,
  selfSubjectRulesReviewKind,
  serviceAccountKind,
  serviceCidrKind,
  serviceKind,
  statefulSetKind,
  storageClassKind,
  subjectAccessReviewKind,
  tokenReviewKind,
  validatingAdmissionPolicyBindingKind,
  validatingAdmissionPolicyKind,
  validatingWebhookConfigurationKind,
  volumeAttachmentKind,
  volumeAttributesClassKind,
};

export const kinds: readonly Kind[] = [
  configMapKind,
  endpointsKind,
  eventKind,
  namespaceKind,
  nodeKind,
  podKind,
  podTemplateKind,
  replicationControllerKind,
  secretKind,
  serviceAccountKind,
  serviceKind,
  controllerRevisionKind,
  daemonSetKind,
  deploymentKind,
  replicaSetKind,
  statefulSetKind,
  horizontalPodAutoscalerKind,
  horizontalPodAutoscalerV1Kind,
  cronJobKind,
  jobKind,
  leaseKind,
  endpointSliceKind,
  eventsEventKind,
  podDisruptionBudgetKind,
  priorityClassKind,
  clusterRoleBindingKind,
  clusterRoleKind,
  roleBindingKind,
  roleKind,
  persistentVolumeKind,
  persistentVolumeClaimKind,
  storageClassKind,
  csiDriverKind,
  csiNodeKind,
  volumeAttachmentKind,
  csiStorageCapacityKind,
  volumeAttributesClassKind,
  networkPolicyKind,
  ingressKind,
  ingressClassKind,
  ipAddressKind,
  serviceCidrKind,
  limitRangeKind,
  resourceQuotaKind,
  runtimeClassKind,
  certificateSigningRequestKind,
  flowSchemaKind,
  priorityLevelConfigurationKind,
  validatingAdmissionPolicyKind,
  validatingAdmissionPolicyBindingKind,
  validatingWebhookConfigurationKind,
  mutatingWebhookConfigurationKind,
  apiServiceKind,
  customResourceDefinitionKind,
  selfSubjectReviewKind,
  tokenReviewKind,
  localSubjectAccessReviewKind,
  selfSubjectAccessReviewKind,
  selfSubjectRulesReviewKind,
  subjectAccessReviewKind,
  bindingKind,
  componentStatusKind,
  nodeMetricsKind,
  podMetricsKind,
];
