import type { ContainerState, Pod } from '@t8s/api';
import { at, labels, later, named } from './metadata.ts';
import { volumes } from './volumes.ts';

const status = (name: string, state: ContainerState, lastState: ContainerState = {}) => ({
  name,
  state,
  lastState,
  image: 'i',
  imageID: `docker://sha256:${name}`,
  containerID: `docker://${name}`,
  ready: state.running !== undefined,
  restartCount: lastState.terminated ? 3 : 0,
});

const rich: Pod = {
  metadata: named('rich', {
    labels,
    annotations: { short: 'value', long: 'z'.repeat(200), lines: 'first\nsecond\n' },
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-9', uid: 'a9', controller: true }],
  }),
  spec: {
    nodeName: 'node-0',
    priorityClassName: 'high',
    serviceAccountName: 'builder',
    nodeSelector: { disk: 'ssd', zone: 'a' },
    securityContext: { seccompProfile: { type: 'Localhost', localhostProfile: 'profiles/a.json' } },
    readinessGates: [{ conditionType: 'example.com/ready' }, { conditionType: 'example.com/never' }],
    topologySpreadConstraints: [
      { topologyKey: 'zone', maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels: labels } },
      { topologyKey: 'host', maxSkew: 2, whenUnsatisfiable: 'ScheduleAnyway' },
    ],
    tolerations: [
      { operator: 'Exists' },
      { key: 'b', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
      { key: 'a', operator: 'Equal', value: 'x', effect: 'NoSchedule' },
    ],
    initContainers: [
      { name: 'setup', image: 'busybox:1', command: ['sh', '-c'], args: ['echo one\necho two'] },
      { name: 'proxy', image: 'proxy:1', restartPolicy: 'Always', resources: { requests: { cpu: '50m', memory: '16Mi' } } },
    ],
    containers: [
      {
        name: 'main',
        image: 'nginx:1.27',
        ports: [{ containerPort: 80 }, { containerPort: 53, protocol: 'UDP', hostPort: 5353 }],
        securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
        resources: {
          limits: { cpu: '1500m', memory: '1Gi', 'ephemeral-storage': '2Gi', 'example.com/gpu': '1' },
          requests: { cpu: '250m', memory: '64Mi' },
        },
        livenessProbe: {
          httpGet: { path: '/healthz?full=1 (x)', port: 'http', host: 'example.com', scheme: 'HTTPS' },
          initialDelaySeconds: 3,
        },
        readinessProbe: { exec: { command: ['cat', '/tmp/ready file'] }, timeoutSeconds: 5, periodSeconds: 7, failureThreshold: 9 },
        startupProbe: { tcpSocket: { port: 8080 } },
        envFrom: [{ configMapRef: { name: 'one-key' } }, { prefix: 'S_', secretRef: { name: 'one-key', optional: true } }],
        env: [
          { name: 'PLAIN', value: 'yes' },
          { name: 'LINES', value: 'one\ntwo' },
          { name: 'NONE' },
          { name: 'NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
          { name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
          { name: 'LABEL', valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } },
          { name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
          { name: 'CPU_MILLI', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '1m' } } },
          { name: 'MEMORY', valueFrom: { resourceFieldRef: { resource: 'requests.memory', divisor: '1Mi' } } },
          { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'one-key', key: 'password' } } },
          { name: 'CONF', valueFrom: { configMapKeyRef: { name: 'one-key', key: 'app.conf', optional: true } } },
        ],
        volumeMounts: [
          { name: 'host', mountPath: '/logs', readOnly: true },
          { name: 'config', mountPath: '/etc/app', subPath: 'a "quoted" dir' },
          { name: 'scratch', mountPath: '/a' },
        ],
      },
      {
        name: 'grpc',
        image: 'grpc:1',
        livenessProbe: { grpc: { port: 9000 } },
        readinessProbe: { grpc: { port: 9000, service: 'ready' } },
        startupProbe: { httpGet: { port: 80 } },
        env: [{ name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } }],
      },
      { name: 'broken', image: 'broken:1' },
      { name: 'finished', image: 'finished:1', volumeDevices: [{ name: 'claim', devicePath: '/dev/xvda' }] },
      { name: 'silent', image: 'silent:1', securityContext: { seccompProfile: { type: 'Localhost', localhostProfile: 'b.json' } } },
    ],
    volumes,
  },
  status: {
    phase: 'Running',
    reason: 'Testing',
    message: 'a message',
    hostIP: '10.89.0.1',
    hostIPs: [{ ip: '10.89.0.1' }],
    podIP: '10.244.0.5',
    podIPs: [{ ip: '10.244.0.5' }, { ip: 'fd00::5' }],
    startTime: at,
    nominatedNodeName: 'node-1',
    conditions: [
      { type: 'Ready', status: 'True', lastTransitionTime: at },
      { type: 'example.com/ready', status: 'False' },
    ],
    initContainerStatuses: [
      status('setup', { terminated: { exitCode: 0, reason: 'Completed', startedAt: at, finishedAt: later } }),
      status('proxy', { running: { startedAt: at } }),
    ],
    containerStatuses: [
      status(
        'main',
        { running: { startedAt: at } },
        { terminated: { exitCode: 137, reason: 'OOMKilled', startedAt: at, finishedAt: later } },
      ),
      status('grpc', { waiting: {} }),
      status(
        'broken',
        { waiting: { reason: 'CrashLoopBackOff', message: 'back-off' } },
        { terminated: { exitCode: 1, signal: 9, message: 'said so', reason: 'Error' } },
      ),
      status('finished', { terminated: { exitCode: 2, signal: 15, reason: 'Error', message: 'ended', startedAt: at, finishedAt: later } }),
    ],
  },
};

export const pods: Pod[] = [
  rich,
  {
    metadata: named('pending'),
    spec: { containers: [{ name: 'c', image: 'i', ports: [{ containerPort: 80 }] }] },
    status: { phase: 'Pending' },
  },
  {
    metadata: named('guaranteed'),
    spec: { nodeName: 'node-0', containers: [{ name: 'c', image: 'i', resources: { limits: { cpu: '2', memory: '1500M' } } }] },
    status: { phase: 'Running', qosClass: 'Guaranteed' },
  },
  {
    metadata: named('evicted'),
    spec: { nodeName: 'node-0', containers: [{ name: 'c', image: 'i' }] },
    status: { phase: 'Failed', reason: 'Evicted', message: 'no memory' },
  },
  { metadata: named('leaving'), spec: { nodeName: 'node-1', containers: [{ name: 'c', image: 'i' }] }, status: { phase: 'Running' } },
];
