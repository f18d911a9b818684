import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage } from '@t8s/meta';
import type { Container, Pod, PodSpec } from '../../generated/types.ts';
import { podKind } from './kind.ts';

/** A valid pod with `spec` over it, defaulted; validated as a create is. */
function errorsOf(spec: Partial<PodSpec>, annotations?: Record<string, string>): string[] {
  const pod: Pod = {
    metadata: { name: 'p', namespace: 'default', annotations },
    spec: { containers: [{ name: 'c', image: 'i' }], ...structuredClone(spec) },
  };
  const { strategy } = podKind;
  strategy.defaults?.(pod);
  strategy.prepareForCreate?.(pod);
  return [...(strategy.validate?.(pod) ?? []), ...(strategy.validateCreate?.(pod) ?? [])].map(fieldErrorMessage);
}

const container = (fields: Partial<Container>): Partial<PodSpec> => ({ containers: [{ name: 'c', image: 'i', ...fields }] });
const withVolumes = (volumes: PodSpec['volumes'], fields: Partial<Container> = {}): Partial<PodSpec> => ({ ...container(fields), volumes });

const cases: [spec: Partial<PodSpec>, ...errors: string[]][] = [
  [{}],
  [{ containers: [] }, 'spec.containers: Required value'],
  [
    { containers: [{ name: 'C', image: '' }] },
    `spec.containers[0].name: Invalid value: "C": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')`,
    'spec.containers[0].image: Required value',
  ],
  [
    { containers: [{ name: 'c', image: ' i' }], initContainers: [{ name: 'c', image: 'i', livenessProbe: { exec: { command: ['x'] } } }] },
    'spec.initContainers[0].name: Duplicate value: "c"',
    'spec.initContainers[0].livenessProbe: Forbidden: may not be set for init containers without restartPolicy=Always',
    'spec.containers[0].image: Invalid value: " i": must not have leading or trailing whitespace',
  ],
  [container({ restartPolicy: 'Always' }), 'spec.containers[0].restartPolicy: Forbidden: may not be set for non-init containers'],
  [
    container({ imagePullPolicy: 'Sometimes' }),
    'spec.containers[0].imagePullPolicy: Unsupported value: "Sometimes": supported values: "Always", "IfNotPresent", "Never"',
  ],
  [
    container({
      ports: [{ containerPort: 0 }, { containerPort: 80, hostPort: 8080 }, { containerPort: 81, hostPort: 8080, name: 'a--b' }],
    }),
    'spec.containers[0].ports[0].containerPort: Required value',
    'spec.containers[0].ports[2].name: Invalid value: "a--b": must not contain consecutive hyphens',
    'spec.containers[0].ports[2].hostPort: Duplicate value: "TCP//8080"',
  ],
  [
    container({ env: [{ name: 'A=B' }, { name: 'B', value: 'x', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }] }),
    `spec.containers[0].env[0].name: Invalid value: "A=B": a valid environment variable name must consist only of printable ASCII characters other than '='`,
    'spec.containers[0].env[1].valueFrom: Invalid value: "": may not be specified when `value` is not empty',
  ],
  [
    container({ env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'spec.hostname' } } }] }),
    'spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Invalid value: "spec.hostname": error converting fieldPath: field label not supported: spec.hostname',
  ],
  [
    container({ env: [{ name: 'A', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '2' } } }] }),
    `spec.containers[0].env[0].valueFrom.resourceFieldRef.divisor: Invalid value: "limits.cpu": only divisor's values 1m and 1 are supported with the cpu resource`,
  ],
  [
    container({ envFrom: [{ configMapRef: { name: 'a' }, secretRef: { name: 'b' } }] }),
    'spec.containers[0].envFrom: Invalid value: "": may not have more than one field specified at a time',
  ],
  [
    container({ livenessProbe: { successThreshold: 2 } }),
    'spec.containers[0].livenessProbe: Required value: must specify a handler type',
    'spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1',
  ],
  [
    container({ readinessProbe: { httpGet: { port: 'HTTP', httpHeaders: [{ name: 'a b', value: '' }] }, tcpSocket: { port: 1 } } }),
    'spec.containers[0].readinessProbe.httpGet.port: Invalid value: "HTTP": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
    'spec.containers[0].readinessProbe.httpGet.port: Invalid value: "HTTP": must contain at least one letter (a-z)',
    `spec.containers[0].readinessProbe.httpGet.httpHeaders: Invalid value: "a b": a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')`,
    'spec.containers[0].readinessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type',
  ],
  [
    { terminationGracePeriodSeconds: 10, ...container({ lifecycle: { preStop: { sleep: { seconds: 11 } } } }) },
    'spec.containers[0].lifecycle.preStop.sleep: Invalid value: 11: must be non-negative and less than terminationGracePeriodSeconds (10)',
  ],
  [
    container({ resources: { requests: { cpu: '2', 'example.com/gpu': '1' }, limits: { cpu: '1', 'example.com/gpu': '2' } } }),
    'spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1',
    'spec.containers[0].resources.requests: Invalid value: "1": must be equal to example.com/gpu limit of 2',
  ],
  [
    container({ resources: { limits: { disk: '1', memory: '-1' } } }),
    'spec.containers[0].resources.limits[disk]: Invalid value: "disk": must be a standard resource type or fully qualified',
    'spec.containers[0].resources.limits[disk]: Invalid value: "disk": must be a standard resource for containers',
    'spec.containers[0].resources.limits[memory]: Invalid value: "-1": must be greater than or equal to 0',
    'spec.containers[0].resources.requests[disk]: Invalid value: "disk": must be a standard resource type or fully qualified',
    'spec.containers[0].resources.requests[disk]: Invalid value: "disk": must be a standard resource for containers',
    'spec.containers[0].resources.requests[memory]: Invalid value: "-1": must be greater than or equal to 0',
  ],
  [
    { ...container({ resources: { requests: { cpu: '2' } } }), resources: { requests: { cpu: '1' } } },
    'spec.resources.requests[cpu]: Invalid value: "1": must be greater than or equal to aggregate container requests of 2',
  ],
  [
    container({ volumeMounts: [{ name: 'v', mountPath: '/a', subPath: '../x' }] }),
    'spec.containers[0].volumeMounts[0].name: Not found: "v"',
    `spec.containers[0].volumeMounts.subPath: Invalid value: "../x": must not contain '..'`,
  ],
  [
    withVolumes([{ name: 'v', emptyDir: {} }], {
      volumeMounts: [
        { name: 'v', mountPath: '/a' },
        { name: 'v', mountPath: '/a', mountPropagation: 'Bidirectional' },
      ],
    }),
    'spec.containers[0].volumeMounts[1].mountPath: Invalid value: "/a": must be unique',
    'spec.containers[0].volumeMounts.mountPropagation: Forbidden: Bidirectional mount propagation is available only to privileged containers',
  ],
  [
    withVolumes([
      { name: 'v', emptyDir: {}, hostPath: { path: '/x' } },
      { name: 'w', hostPath: { path: '/a/../b', type: 'Dir' } },
    ]),
    'spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type',
    `spec.volumes[1].hostPath.path: Invalid value: "/a/../b": must not contain '..'`,
    'spec.volumes[1].hostPath.type: Unsupported value: "Dir": supported values: "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"',
  ],
  [
    withVolumes([{ name: 'v', secret: { defaultMode: 0o1000, items: [{ key: 'k', path: '..x' }] } }]),
    'spec.volumes[0].secret.secretName: Required value',
    'spec.volumes[0].secret.defaultMode: Invalid value: 512: must be a number between 0 and 0777 (octal), both inclusive',
    `spec.volumes[0].secret.items[0].path: Invalid value: "..x": must not start with '..'`,
  ],
  [
    {
      serviceAccountName: 'a',
      ...withVolumes([{ name: 'v', projected: { sources: [{ serviceAccountToken: { path: 'token', expirationSeconds: 60 } }] } }]),
    },
    'spec.volumes[0].projected.sources[0].serviceAccountToken.expirationSeconds: Invalid value: 60: may not specify a duration less than 10 minutes',
  ],
  [
    withVolumes([{ name: 'v', ephemeral: { volumeClaimTemplate: { spec: { accessModes: ['ReadWriteOnce'] } } } }]),
    'spec.volumes[0].ephemeral.volumeClaimTemplate.spec.resources[storage]: Required value',
  ],
  [
    { ...container({ securityContext: { runAsUser: -1, allowPrivilegeEscalation: false, privileged: true } }) },
    'spec.containers[0].securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive',
    'spec.containers[0].securityContext: Invalid value: {"runAsUser":-1,"allowPrivilegeEscalation":false,"privileged":true}: cannot set `allowPrivilegeEscalation` to false and `privileged` to true',
  ],
  [
    {
      hostNetwork: true,
      securityContext: { seccompProfile: { type: 'Localhost' }, sysctls: [{ name: 'net.core.somaxconn', value: '1' }] },
    },
    `spec.securityContext.sysctls[0].name: Invalid value: "net.core.somaxconn": may not be specified when 'hostNetwork' is true`,
    'spec.securityContext.seccompProfile.localhostProfile: Required value: must be set when seccomp type is Localhost',
  ],
  [{ hostUsers: false, hostPID: true }, 'spec.HostPID: Forbidden: when `pod.Spec.HostUsers` is false'],
  [
    {
      tolerations: [
        { operator: 'Equal', value: 'x' },
        { key: 'k', operator: 'Exists', value: 'x', tolerationSeconds: 1 },
      ],
    },
    'spec.tolerations[0].operator: Invalid value: "Equal": operator must be Exists when `key` is empty, which means "match all values and all keys"',
    `spec.tolerations[1].effect: Invalid value: "": effect must be 'NoExecute' when \`tolerationSeconds\` is set`,
    `spec.tolerations[1].operator: Invalid value: "x": value must be empty when \`operator\` is 'Exists'`,
  ],
  [
    { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } } } },
    'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms: Required value: must have at least one node selector term',
  ],
  [
    {
      affinity: {
        podAntiAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [
            { weight: 0, podAffinityTerm: { topologyKey: 'zone', labelSelector: { matchExpressions: [{ key: 'a', operator: 'In' }] } } },
          ],
        },
      },
    },
    'spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: Invalid value: 0: must be in the range 1-100',
    `spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].podAffinityTerm.labelSelector.matchExpressions[0].values: Required value: must be specified when \`operator\` is 'In' or 'NotIn'`,
  ],
  [
    {
      topologySpreadConstraints: [{ maxSkew: 0, topologyKey: 'z', whenUnsatisfiable: 'ScheduleAnyway', minDomains: 1, labelSelector: {} }],
    },
    'spec.topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than zero',
    'spec.topologySpreadConstraints[0].minDomains: Invalid value: 1: can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ScheduleAnyway',
  ],
  [{ dnsPolicy: 'None' }, 'spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None'],
  [
    { dnsConfig: { nameservers: ['x'], searches: ['_srv.example.com.', '.', 'A'] } },
    'spec.dnsConfig.nameservers[0]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    `spec.dnsConfig.searches[2]: Invalid value: "A": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`,
  ],
  [{ restartPolicy: 'Maybe' }, 'spec.restartPolicy: Unsupported value: "Maybe": supported values: "Always", "Never", "OnFailure"'],
  [{ activeDeadlineSeconds: 0 }, 'spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive'],
  [
    { nodeName: 'n', schedulingGates: [{ name: 'g' }, { name: 'g' }] },
    'spec.schedulingGates[1]: Duplicate value: "g"',
    'spec.nodeName: Forbidden: cannot be set until all schedulingGates have been cleared',
  ],
  [
    { os: { name: 'windows' }, hostPID: true, ...container({ securityContext: { privileged: true } }) },
    'spec.hostPID: Forbidden: cannot be set for a windows pod',
    'spec.containers[0].securityContext.privileged: Forbidden: cannot be set for a windows pod',
  ],
  [{ ephemeralContainers: [{ name: 'e', image: 'i' }] }, 'spec.ephemeralContainers: Forbidden: cannot be set on create'],
  [
    { ephemeralContainers: [{ name: 'c', image: 'i', ports: [{ containerPort: 1 }], targetContainerName: 'x' }] },
    'spec.ephemeralContainers[0].name: Duplicate value: "c"',
    'spec.ephemeralContainers[0].targetContainerName: Not found: "x"',
    'spec.ephemeralContainers[0].ports: Forbidden: cannot be set for an Ephemeral Container',
    'spec.ephemeralContainers: Forbidden: cannot be set on create',
  ],
];

test('a pod is told of each rule it breaks', () => {
  for (const [spec, ...errors] of cases) assert.deepEqual(errorsOf(spec), errors, JSON.stringify(spec));
});

test('annotations with a meaning', () => {
  assert.deepEqual(errorsOf({}, { 'kubernetes.io/config.mirror': 'x', 'controller.kubernetes.io/pod-deletion-cost': '01' }), [
    'metadata.annotations[kubernetes.io/config.mirror]: Invalid value: "x": must set spec.nodeName if mirror pod annotation is set',
    'metadata.annotations[controller.kubernetes.io/pod-deletion-cost]: Invalid value: "01": must be a 32bit integer',
  ]);
  const runtime = { securityContext: { seccompProfile: { type: 'RuntimeDefault' } } };
  assert.deepEqual(errorsOf(runtime, { 'seccomp.security.alpha.kubernetes.io/pod': 'unconfined' }), [
    'spec.securityContext.seccompProfile.type: Forbidden: seccomp type in annotation and field must match',
  ]);
});
