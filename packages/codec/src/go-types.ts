/** How Go calls the types of the wire: its decoding errors name them. */
import type { FieldSchema } from '@t8s/api';

/** Types whose name in the schema is not the one upstream's package gives them. */
const renamed: Record<string, string> = {
  CoreEvent: 'Event',
  CoreEventSeries: 'EventSeries',
  CoreEndpointPort: 'EndpointPort',
  DiscoveryEndpointPort: 'EndpointPort',
};

/** String fields of a type with a name of its own. */
const namedStrings: Record<string, string> = {
  'Container.imagePullPolicy': 'v1.PullPolicy',
  'Container.terminationMessagePolicy': 'v1.TerminationMessagePolicy',
  'ContainerPort.protocol': 'v1.Protocol',
  'CronJobSpec.concurrencyPolicy': 'v1.ConcurrencyPolicy',
  'DaemonSetUpdateStrategy.type': 'v1.DaemonSetUpdateStrategyType',
  'DeploymentStrategy.type': 'v1.DeploymentStrategyType',
  'EndpointSlice.addressType': 'v1.AddressType',
  'HPAScalingPolicy.type': 'v2.HPAScalingPolicyType',
  'HPAScalingRules.selectPolicy': 'v2.ScalingPolicySelect',
  'JobSpec.completionMode': 'v1.CompletionMode',
  'JobSpec.podReplacementPolicy': 'v1.PodReplacementPolicy',
  'LabelSelectorRequirement.operator': 'v1.LabelSelectorOperator',
  'MetricSpec.type': 'v2.MetricSourceType',
  'MetricTarget.type': 'v2.MetricTargetType',
  'NamespaceStatus.phase': 'v1.NamespacePhase',
  'NodeAddress.type': 'v1.NodeAddressType',
  'NodeCondition.status': 'v1.ConditionStatus',
  'NodeCondition.type': 'v1.NodeConditionType',
  'NodeSelectorRequirement.operator': 'v1.NodeSelectorOperator',
  'ObjectMeta.uid': 'types.UID',
  'ObjectReference.uid': 'types.UID',
  'OwnerReference.uid': 'types.UID',
  'PodCondition.status': 'v1.ConditionStatus',
  'PodCondition.type': 'v1.PodConditionType',
  'PodDisruptionBudgetSpec.unhealthyPodEvictionPolicy': 'v1.UnhealthyPodEvictionPolicyType',
  'PodFailurePolicyOnExitCodesRequirement.operator': 'v1.PodFailurePolicyOnExitCodesOperator',
  'PodFailurePolicyOnPodConditionsPattern.status': 'v1.ConditionStatus',
  'PodFailurePolicyOnPodConditionsPattern.type': 'v1.PodConditionType',
  'PodFailurePolicyRule.action': 'v1.PodFailurePolicyAction',
  'PodSpec.dnsPolicy': 'v1.DNSPolicy',
  'PodSpec.preemptionPolicy': 'v1.PreemptionPolicy',
  'PodSpec.restartPolicy': 'v1.RestartPolicy',
  'PodStatus.phase': 'v1.PodPhase',
  'PriorityClass.preemptionPolicy': 'v1.PreemptionPolicy',
  'ResourceMetricSource.name': 'v1.ResourceName',
  'Secret.type': 'v1.SecretType',
  'ServicePort.protocol': 'v1.Protocol',
  'ServiceSpec.externalTrafficPolicy': 'v1.ServiceExternalTrafficPolicy',
  'ServiceSpec.internalTrafficPolicy': 'v1.ServiceInternalTrafficPolicy',
  'ServiceSpec.ipFamilyPolicy': 'v1.IPFamilyPolicy',
  'ServiceSpec.sessionAffinity': 'v1.ServiceAffinity',
  'ServiceSpec.type': 'v1.ServiceType',
  'StatefulSetPersistentVolumeClaimRetentionPolicy.whenDeleted': 'v1.PersistentVolumeClaimRetentionPolicyType',
  'StatefulSetPersistentVolumeClaimRetentionPolicy.whenScaled': 'v1.PersistentVolumeClaimRetentionPolicyType',
  'StatefulSetSpec.podManagementPolicy': 'v1.PodManagementPolicyType',
  'StatefulSetUpdateStrategy.type': 'v1.StatefulSetUpdateStrategyType',
  'Taint.effect': 'v1.TaintEffect',
  'Toleration.effect': 'v1.TaintEffect',
  'Toleration.operator': 'v1.TolerationOperator',
};

/** Types of a second version end in it. */
export const goStruct = (typeName: string): string => renamed[typeName] ?? typeName.replace(/V2$/, '');

/** The Go type of a field, as reflect prints it. `owner` is `Type.field`. */
export function goType(field: FieldSchema, owner: string): string {
  switch (field.type) {
    case 'string':
      return namedStrings[owner] ?? 'string';
    case 'boolean':
      return 'bool';
    case 'number':
      return 'float64';
    case 'integer':
      return field.format;
    case 'bytes':
      return '[]uint8';
    case 'time':
    case 'microtime':
      return 'string';
    case 'quantity':
      return 'resource.Quantity';
    case 'intOrString':
      return 'int32';
    case 'any':
      return 'interface {}';
    case 'schemaOr':
      return 'string';
    case 'ref':
      return `v1.${goStruct(field.ref)}`;
    case 'array':
      return `[]${goType(field.items, owner)}`;
    case 'map':
      return field.items.type === 'quantity' ? 'v1.ResourceList' : `map[string]${goType(field.items, owner)}`;
  }
}
