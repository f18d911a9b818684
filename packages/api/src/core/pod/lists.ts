/** How lists inside pods merge: patchStrategy, patchMergeKey, listType and listMapKey of core/v1's types. */
import type { ListType } from '../../kind.ts';

const atomic: ListType = { listType: 'atomic' };
const byKey = (key: string, ...moreKeys: string[]): ListType => ({ mergeKey: key, listType: 'map', mapKeys: [key, ...moreKeys] });
const byName = byKey('name');
const retained: ListType = { ...byName, retainKeys: true };

const container: Record<string, ListType> = {
  command: atomic,
  args: atomic,
  ports: byKey('containerPort', 'protocol'),
  envFrom: atomic,
  env: byName,
  resizePolicy: atomic,
  restartPolicyRules: atomic,
  volumeMounts: byKey('mountPath'),
  volumeDevices: byKey('devicePath'),
};

const described: Record<string, Record<string, ListType>> = {
  PodSpec: {
    volumes: retained,
    initContainers: byName,
    containers: byName,
    ephemeralContainers: byName,
    imagePullSecrets: byName,
    hostAliases: byKey('ip'),
    tolerations: atomic,
    readinessGates: atomic,
    topologySpreadConstraints: byKey('topologyKey', 'whenUnsatisfiable'),
    schedulingGates: byName,
    resourceClaims: retained,
  },
  Container: container,
  EphemeralContainer: container,
  ContainerRestartRuleOnExitCodes: { values: { listType: 'set' } },
  PodStatus: {
    conditions: byKey('type'),
    hostIPs: { mergeKey: 'ip', listType: 'atomic' },
    podIPs: byKey('ip'),
    initContainerStatuses: atomic,
    containerStatuses: atomic,
    ephemeralContainerStatuses: atomic,
    resourceClaimStatuses: retained,
  },
  PodExtendedResourceClaimStatus: { requestMappings: atomic },
  ContainerStatus: { volumeMounts: byKey('mountPath'), allocatedResourcesStatus: byName },
  ResourceStatus: { resources: { listType: 'map', mapKeys: ['resourceID'] } },
  LinuxContainerUser: { supplementalGroups: atomic },
  ResourceRequirements: { claims: { listType: 'map', mapKeys: ['name'] } },
  Capabilities: { add: atomic, drop: atomic },
  PodSecurityContext: { supplementalGroups: atomic, sysctls: atomic },
  PodDNSConfig: { nameservers: atomic, searches: atomic, options: atomic },
  HostAlias: { hostnames: atomic },
  ExecAction: { command: atomic },
  HTTPGetAction: { httpHeaders: atomic },
  TopologySpreadConstraint: { matchLabelKeys: atomic },
  NodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: atomic },
  NodeSelector: { nodeSelectorTerms: atomic },
  NodeSelectorTerm: { matchExpressions: atomic, matchFields: atomic },
  NodeSelectorRequirement: { values: atomic },
  PodAffinity: { requiredDuringSchedulingIgnoredDuringExecution: atomic, preferredDuringSchedulingIgnoredDuringExecution: atomic },
  PodAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: atomic, preferredDuringSchedulingIgnoredDuringExecution: atomic },
  PodAffinityTerm: { namespaces: atomic, matchLabelKeys: atomic, mismatchLabelKeys: atomic },
  SecretVolumeSource: { items: atomic },
  SecretProjection: { items: atomic },
  ConfigMapVolumeSource: { items: atomic },
  ConfigMapProjection: { items: atomic },
  DownwardAPIVolumeSource: { items: atomic },
  DownwardAPIProjection: { items: atomic },
  ProjectedVolumeSource: { sources: atomic },
  PersistentVolumeClaimSpec: { accessModes: atomic },
  ISCSIVolumeSource: { portals: atomic },
  RBDVolumeSource: { monitors: atomic },
  CephFSVolumeSource: { monitors: atomic },
  FCVolumeSource: { targetWWNs: atomic, wwids: atomic },
};

export const podLists: Record<string, ListType> = Object.fromEntries(
  Object.entries(described).flatMap(([type, fields]) => Object.entries(fields).map(([field, list]) => [`${type}.${field}`, list])),
);
