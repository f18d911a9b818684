/** How Go calls the types of the wire: its decoding errors name them. */
import type { FieldSchema } from '@t8s/api';

/** Types whose name in the schema is not the one upstream's package gives them. */
const renamed: Record<string, string> = {
  CoreEvent: 'Event',
  CoreEventSeries: 'EventSeries',
  CoreEndpointPort: 'EndpointPort',
  DiscoveryEndpointPort: 'EndpointPort',
  HorizontalPodAutoscalerV2: 'HorizontalPodAutoscaler',
};

/** String fields of a type with a name of its own. */
const namedStrings: Record<string, string> = {
  'Container.imagePullPolicy': 'v1.PullPolicy',
  'Container.terminationMessagePolicy': 'v1.TerminationMessagePolicy',
  'ContainerPort.protocol': 'v1.Protocol',
  'DeploymentStrategy.type': 'v1.DeploymentStrategyType',
  'DaemonSetUpdateStrategy.type': 'v1.DaemonSetUpdateStrategyType',
  'EndpointSlice.addressType': 'v1.AddressType',
  'LabelSelectorRequirement.operator': 'v1.LabelSelectorOperator',
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
  'PodSpec.dnsPolicy': 'v1.DNSPolicy',
  'PodSpec.preemptionPolicy': 'v1.PreemptionPolicy',
  'PodSpec.restartPolicy': 'v1.RestartPolicy',
  'PodStatus.phase': 'v1.PodPhase',
  'PriorityClass.preemptionPolicy': 'v1.PreemptionPolicy',
  'Secret.type': 'v1.SecretType',
  'ServicePort.protocol': 'v1.Protocol',
  'ServiceSpec.externalTrafficPolicy': 'v1.ServiceExternalTrafficPolicy',
  'ServiceSpec.internalTrafficPolicy': 'v1.ServiceInternalTrafficPolicy',
  'ServiceSpec.ipFamilyPolicy': 'v1.IPFamilyPolicy',
  'ServiceSpec.sessionAffinity': 'v1.ServiceAffinity',
  'ServiceSpec.type': 'v1.ServiceType',
  'Taint.effect': 'v1.TaintEffect',
  'Toleration.effect': 'v1.TaintEffect',
  'Toleration.operator': 'v1.TolerationOperator',
};

export const goStruct = (typeName: string): string => renamed[typeName] ?? typeName;

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
    case 'ref':
      return `v1.${goStruct(field.ref)}`;
    case 'array':
      return `[]${goType(field.items, owner)}`;
    case 'map':
      return field.items.type === 'quantity' ? 'v1.ResourceList' : `map[string]${goType(field.items, owner)}`;
  }
}
