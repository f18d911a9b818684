/**
 * What server-side apply must know of types beside their lists: upstream's structType and mapType markers, and which structs Go
 * holds by value (k8s.io/api v0.34).
 */

/** Structs and maps that are taken as one value: types, and fields as `Type.field`. */
export const atomicMaps: ReadonlySet<string> = new Set([
  'ConfigMapKeySelector',
  'CoreEndpointPort',
  'CrossVersionObjectReference',
  'DiscoveryEndpointPort',
  'EndpointAddress',
  'FileKeySelector',
  'LabelSelector',
  'LocalObjectReference',
  'MatchResources',
  'NamedRuleWithOperations',
  'NodeSelector',
  'NodeSelectorTerm',
  'ObjectFieldSelector',
  'ObjectReference',
  'OwnerReference',
  'ParamKind',
  'ParamRef',
  'RbacSubject',
  'ResourceFieldSelector',
  'RoleRef',
  'ScopeSelector',
  'SecretKeySelector',
  'SecretReference',
  'ServiceBackendPort',
  'TopologySelectorTerm',
  'TypedLocalObjectReference',
  'Variable',
  'PodSpec.nodeSelector',
  'ReplicationControllerSpec.selector',
  'Scheduling.nodeSelector',
  'ServiceSpec.selector',
]);

/** Fields of an atomic type that are merged all the same. */
export const separableFields: ReadonlySet<string> = new Set(['PersistentVolumeSpec.claimRef']);

/**
 * Structs that Go holds by value, and optional lists it writes even where they are empty: where their owner is there, so are they.
 * `metadata`, `spec` and `status` of kinds and required lists are such too.
 */
export const embeddedStructs: Readonly<Record<string, readonly string[]>> = {
  Container: ['resources'],
  ContainerResourceMetricSource: ['target'],
  ContainerResourceMetricStatus: ['current'],
  ContainerStatus: ['lastState', 'state'],
  CoreEvent: ['involvedObject', 'source'],
  CronJobSpec: ['jobTemplate'],
  DaemonSetSpec: ['template', 'updateStrategy'],
  DeploymentSpec: ['strategy', 'template'],
  Endpoint: ['conditions'],
  EndpointSlice: ['ports'],
  EphemeralContainer: ['resources'],
  Event: ['deprecatedSource', 'regarding'],
  ExternalMetricSource: ['metric', 'target'],
  ExternalMetricStatus: ['current', 'metric'],
  FlowSchemaSpec: ['priorityLevelConfiguration'],
  HTTPIngressPath: ['backend'],
  HorizontalPodAutoscalerSpec: ['scaleTargetRef'],
  HorizontalPodAutoscalerSpecV2: ['scaleTargetRef'],
  IngressServiceBackend: ['port'],
  IngressStatus: ['loadBalancer'],
  JobSpec: ['template'],
  JobTemplateSpec: ['metadata', 'spec'],
  LimitedPriorityLevelConfiguration: ['limitResponse'],
  MutatingWebhook: ['clientConfig'],
  NetworkPolicySpec: ['podSelector'],
  NodeDaemonEndpoints: ['kubeletEndpoint'],
  NodeStatus: ['daemonEndpoints', 'nodeInfo'],
  ObjectMetricSource: ['describedObject', 'metric', 'target'],
  ObjectMetricStatus: ['current', 'describedObject', 'metric'],
  PersistentVolumeClaimSpec: ['resources'],
  PersistentVolumeClaimTemplate: ['metadata', 'spec'],
  PodTemplate: ['template'],
  PodTemplateSpec: ['metadata', 'spec'],
  PodsMetricSource: ['metric', 'target'],
  PodsMetricStatus: ['current', 'metric'],
  PreferredSchedulingTerm: ['preference'],
  ReplicaSetSpec: ['template'],
  ResourceMetricSource: ['target'],
  ResourceMetricStatus: ['current'],
  RoleBinding: ['roleRef'],
  ClusterRoleBinding: ['roleRef'],
  ServiceStatus: ['loadBalancer'],
  StatefulSetSpec: ['template', 'updateStrategy'],
  ValidatingWebhook: ['clientConfig'],
  VolumeAttachmentSpec: ['source'],
  WeightedPodAffinityTerm: ['podAffinityTerm'],
};

/** Values of list map keys that elements may leave out, beside the empty ones of required fields. */
export const mapKeyDefaults: Readonly<Record<string, string>> = {
  'ContainerPort.protocol': 'TCP',
  'ServicePort.protocol': 'TCP',
  'LocalObjectReference.name': '',
};
