import type { Examples } from './example.ts';
import { fullPodSpec, minimalPodSpec } from './pod-spec.ts';

const involved = { kind: 'Pod', namespace: 'default', name: 'web-0', uid: '0f3c', apiVersion: 'v1', fieldPath: 'spec.containers{c}' };
const template = { metadata: { labels: { app: 'web' } }, spec: minimalPodSpec };

export const core: Examples = {
  'v1/bindings': {
    needs: ['unbound-1', 'unbound-2'].map((name) => ({
      path: '/api/v1/namespaces/default/pods',
      body: { metadata: { name }, spec: { ...minimalPodSpec, terminationGracePeriodSeconds: 0 } },
    })),
    minimal: { metadata: { name: 'unbound-1' }, target: { name: 'node-x' } },
    full: { metadata: { name: 'unbound-2', annotations: { a: 'b' } }, target: { apiVersion: 'v1', kind: 'Node', name: 'node-y' } },
  },
  'v1/configmaps': {
    minimal: {},
    full: { data: { 'settings.json': '{"a": 1}\n', yes: 'no' }, binaryData: { blob: 'AAEC/w==' }, immutable: false },
  },
  'v1/endpoints': {
    minimal: {},
    full: {
      subsets: [
        {
          addresses: [
            { ip: '10.1.2.3', hostname: 'web-0', nodeName: 'node-x', targetRef: { kind: 'Pod', namespace: 'default', name: 'web-0' } },
          ],
          notReadyAddresses: [{ ip: '10.1.2.4' }],
          ports: [{ name: 'http', port: 80, protocol: 'TCP', appProtocol: 'kubernetes.io/h2c' }],
        },
      ],
    },
  },
  'v1/events': {
    minimal: { involvedObject: { namespace: 'default' } },
    full: {
      involvedObject: involved,
      reason: 'Tested',
      message: 'a message',
      type: 'Warning',
      source: { component: 'test', host: 'node-x' },
      firstTimestamp: '2026-01-01T00:00:00Z',
      lastTimestamp: '2026-01-01T00:00:01Z',
      count: 2,
      eventTime: '2026-01-01T00:00:00.000001Z',
      series: { count: 2, lastObservedTime: '2026-01-01T00:00:01.000002Z' },
      action: 'Testing',
      related: { kind: 'Node', name: 'node-x' },
      reportingComponent: 'example.com/test',
      reportingInstance: 'test-0',
    },
  },
  'v1/limitranges': {
    minimal: { spec: { limits: [] } },
    full: {
      spec: {
        limits: [
          {
            type: 'Container',
            max: { cpu: '2', memory: '1Gi' },
            min: { cpu: '50m' },
            default: { cpu: '500m', memory: '512Mi' },
            defaultRequest: { cpu: '100m', memory: '256Mi' },
            maxLimitRequestRatio: { cpu: '10' },
          },
          { type: 'PersistentVolumeClaim', max: { storage: '10Gi' }, min: { storage: '1Mi' } },
        ],
      },
    },
  },
  'v1/namespaces': { minimal: {}, full: { spec: { finalizers: ['kubernetes'] } }, status: { phase: 'Active' } },
  'v1/nodes': {
    minimal: {},
    full: {
      spec: {
        podCIDR: '10.244.9.0/24',
        podCIDRs: ['10.244.9.0/24'],
        providerID: 'example://node',
        unschedulable: true,
        taints: [{ key: 'dedicated', value: 'web', effect: 'NoSchedule' }],
      },
    },
    status: {
      capacity: { cpu: '2', memory: '4Gi', pods: '110', 'example.com/gpu': '1' },
      allocatable: { cpu: '1900m', memory: '3Gi', pods: '110' },
      conditions: [
        {
          ...{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z', reason: 'Tested', message: 'a message' },
          lastHeartbeatTime: '2026-01-01T00:00:00Z',
        },
      ],
      addresses: [
        { type: 'Hostname', address: 'full' },
        { type: 'ExternalDNS', address: 'full.example.com' },
      ],
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
      nodeInfo: {
        machineID: 'm',
        systemUUID: 's',
        bootID: 'b',
        kernelVersion: '6.1',
        osImage: 'Debian',
        containerRuntimeVersion: 'docker://20',
        kubeletVersion: 'v1.34.0',
        kubeProxyVersion: 'v1.34.0',
        operatingSystem: 'linux',
        architecture: 'amd64',
      },
      images: [{ names: ['a@sha256:1', 'a:1'], sizeBytes: 1000 }],
      volumesInUse: ['kubernetes.io/csi/csi.example.com^handle'],
      volumesAttached: [{ name: 'kubernetes.io/csi/csi.example.com^handle', devicePath: '' }],
    },
  },
  'v1/persistentvolumeclaims': {
    minimal: { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
    full: {
      spec: {
        accessModes: ['ReadOnlyMany', 'ReadWriteMany'],
        resources: { requests: { storage: '10Gi' }, limits: { storage: '20Gi' } },
        selector: { matchLabels: { disk: 'fast' }, matchExpressions: [{ key: 'zone', operator: 'Exists' }] },
        storageClassName: 'fast',
        volumeMode: 'Block',
        volumeName: 'full',
        dataSource: { apiGroup: 'snapshot.storage.k8s.io', kind: 'VolumeSnapshot', name: 'yesterday' },
      },
    },
    status: {
      phase: 'Bound',
      accessModes: ['ReadOnlyMany'],
      capacity: { storage: '10Gi' },
      conditions: [
        { type: 'Resizing', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z', reason: 'Tested', message: 'a message' },
      ],
    },
  },
  'v1/persistentvolumes': {
    minimal: { spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/data' } } },
    full: {
      spec: {
        capacity: { storage: '10Gi' },
        accessModes: ['ReadWriteOnce', 'ReadOnlyMany'],
        csi: {
          driver: 'csi.example.com',
          volumeHandle: 'handle',
          fsType: 'ext4',
          readOnly: true,
          volumeAttributes: { size: 'small' },
          nodePublishSecretRef: { name: 'publish', namespace: 'default' },
        },
        claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: 'default', name: 'full' },
        persistentVolumeReclaimPolicy: 'Retain',
        storageClassName: 'fast',
        mountOptions: ['noatime'],
        volumeMode: 'Filesystem',
        nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator: 'In', values: ['a', 'b'] }] }] } },
      },
    },
    status: { phase: 'Bound', message: 'a message', reason: 'Tested' },
  },
  'v1/pods': {
    minimal: { spec: minimalPodSpec },
    full: { spec: fullPodSpec },
    status: {
      phase: 'Running',
      conditions: [
        { type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z', reason: 'Tested', message: 'a message' },
        { type: 'example.com/ready', status: 'False' },
      ],
      hostIP: '192.0.2.9',
      hostIPs: [{ ip: '192.0.2.9' }],
      podIP: '10.244.1.2',
      podIPs: [{ ip: '10.244.1.2' }],
      startTime: '2026-01-01T00:00:00Z',
      containerStatuses: [
        {
          name: 'main',
          image: 'i',
          imageID: 'sha256:1',
          ready: true,
          restartCount: 2,
          started: true,
          state: { running: { startedAt: '2026-01-01T00:00:00Z' } },
          lastState: {},
        },
      ],
      qosClass: 'Burstable',
    },
  },
  'v1/podtemplates': {
    minimal: { template },
    full: { template: { metadata: { labels: { app: 'web' }, annotations: { a: 'b' } }, spec: fullPodSpec } },
  },
  'v1/replicationcontrollers': {
    minimal: { spec: { selector: { app: 'web' }, template } },
    full: {
      spec: {
        replicas: 2,
        minReadySeconds: 3,
        selector: { app: 'web' },
        template: { metadata: { labels: { app: 'web' } }, spec: fullPodSpec },
      },
    },
    status: {
      replicas: 2,
      fullyLabeledReplicas: 2,
      readyReplicas: 1,
      availableReplicas: 1,
      observedGeneration: 1,
      conditions: [
        { type: 'ReplicaFailure', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z', reason: 'Tested', message: 'a message' },
      ],
    },
  },
  'v1/resourcequotas': {
    minimal: { spec: {} },
    full: {
      spec: {
        hard: { 'requests.cpu': '4', 'limits.memory': '8Gi', 'count/deployments.apps': '9', pods: '10' },
        scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['nobody-has-this'] }] },
      },
    },
    status: { hard: { pods: '10', 'requests.cpu': '4' }, used: { pods: '3', 'requests.cpu': '750m' } },
  },
  'v1/secrets': {
    minimal: {},
    full: { type: 'kubernetes.io/basic-auth', data: { username: 'amFuZQ==', password: 'c2VjcmV0' }, immutable: false },
  },
  'v1/serviceaccounts': {
    minimal: {},
    full: {
      secrets: [{ name: 'key' }],
      imagePullSecrets: [{ name: 'registry' }],
      automountServiceAccountToken: false,
    },
  },
  'v1/services': {
    minimal: { spec: { ports: [{ port: 80 }] } },
    full: {
      spec: {
        type: 'LoadBalancer',
        selector: { app: 'web' },
        ports: [
          { name: 'http', port: 80, targetPort: 'http', protocol: 'TCP', appProtocol: 'kubernetes.io/ws' },
          { name: 'metrics', port: 9090, targetPort: 9091, protocol: 'TCP' },
        ],
        clusterIP: '10.96.77.77',
        clusterIPs: ['10.96.77.77'],
        externalIPs: ['192.0.2.8'],
        sessionAffinity: 'ClientIP',
        sessionAffinityConfig: { clientIP: { timeoutSeconds: 600 } },
        loadBalancerClass: 'example.com/lb',
        loadBalancerSourceRanges: ['192.0.2.0/24'],
        externalTrafficPolicy: 'Local',
        internalTrafficPolicy: 'Local',
        healthCheckNodePort: 32111,
        publishNotReadyAddresses: true,
        allocateLoadBalancerNodePorts: false,
        ipFamilies: ['IPv4'],
        ipFamilyPolicy: 'SingleStack',
        trafficDistribution: 'PreferClose',
      },
    },
    status: {
      loadBalancer: { ingress: [{ ip: '192.0.2.33', ipMode: 'VIP' }, { hostname: 'lb.example.com' }] },
      conditions: [
        {
          type: 'example.com/Programmed',
          status: 'True',
          lastTransitionTime: '2026-01-01T00:00:00Z',
          reason: 'Tested',
          message: 'a message',
        },
      ],
    },
  },
};
