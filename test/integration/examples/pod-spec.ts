/** Pod specs of examples, by themselves and in templates. */
export const minimalPodSpec = { containers: [{ name: 'c', image: 'busybox' }] };

const probe = { initialDelaySeconds: 1, periodSeconds: 5, timeoutSeconds: 2, successThreshold: 1, failureThreshold: 4 };
const selectorOf = (app: string): object => ({ matchLabels: { app } });

const volumes = [
  { name: 'scratch', emptyDir: { medium: 'Memory', sizeLimit: '64Mi' } },
  { name: 'host', hostPath: { path: '/var/log', type: 'Directory' } },
  { name: 'config', configMap: { name: 'settings', items: [{ key: 'a', path: 'x/a', mode: 256 }], defaultMode: 420, optional: true } },
  { name: 'secret', secret: { secretName: 'credentials', defaultMode: 256, optional: true } },
  { name: 'claim', persistentVolumeClaim: { claimName: 'data', readOnly: true } },
  {
    name: 'down',
    downwardAPI: { items: [{ path: 'labels', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.labels' } }], defaultMode: 420 },
  },
  {
    name: 'all',
    projected: {
      defaultMode: 420,
      sources: [
        { serviceAccountToken: { audience: 'vault', expirationSeconds: 7200, path: 'token' } },
        { configMap: { name: 'settings', optional: true } },
        { secret: { name: 'credentials', items: [{ key: 'k', path: 'k' }] } },
        { downwardAPI: { items: [{ path: 'cpu', resourceFieldRef: { containerName: 'main', resource: 'limits.cpu', divisor: '1m' } }] } },
      ],
    },
  },
  { name: 'nfs', nfs: { server: 'nfs.example.com', path: '/exports', readOnly: true } },
  { name: 'csi', csi: { driver: 'csi.example.com', fsType: 'ext4', volumeAttributes: { size: 'small' } } },
  {
    name: 'own',
    ephemeral: {
      volumeClaimTemplate: {
        metadata: { labels: { type: 'own' } },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, volumeMode: 'Filesystem' },
      },
    },
  },
];

const container = {
  name: 'main',
  image: 'registry.example.com/app:v1',
  imagePullPolicy: 'Always',
  command: ['sh', '-c'],
  args: ['run $(POD_NAME)'],
  workingDir: '/srv',
  ports: [
    { name: 'http', containerPort: 8080, protocol: 'TCP' },
    { name: 'dns', containerPort: 53, protocol: 'UDP' },
  ],
  envFrom: [{ prefix: 'CFG_', configMapRef: { name: 'settings', optional: true } }, { secretRef: { name: 'credentials' } }],
  env: [
    { name: 'PLAIN', value: 'text' },
    { name: 'POD_NAME', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } } },
    { name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'requests.cpu', divisor: '0' } } },
    { name: 'FROM_MAP', valueFrom: { configMapKeyRef: { name: 'settings', key: 'a', optional: true } } },
    { name: 'FROM_SECRET', valueFrom: { secretKeyRef: { name: 'credentials', key: 'k' } } },
  ],
  resources: {
    limits: { cpu: '500m', memory: '128Mi', 'example.com/gpu': '1' },
    requests: { cpu: '250m', memory: '64Mi', 'example.com/gpu': '1' },
  },
  volumeMounts: [
    { name: 'scratch', mountPath: '/scratch' },
    { name: 'config', mountPath: '/config', readOnly: true, subPath: 'x' },
    { name: 'host', mountPath: '/logs', mountPropagation: 'HostToContainer' },
    { name: 'all', mountPath: '/all', subPathExpr: '$(POD_NAME)' },
  ],
  livenessProbe: { ...probe, httpGet: { path: '/live', port: 'http', scheme: 'HTTPS', httpHeaders: [{ name: 'X-Probe', value: 'yes' }] } },
  readinessProbe: { ...probe, successThreshold: 2, tcpSocket: { port: 8080 } },
  startupProbe: { ...probe, terminationGracePeriodSeconds: 3, exec: { command: ['true'] } },
  lifecycle: { postStart: { exec: { command: ['true'] } }, preStop: { sleep: { seconds: 2 } } },
  terminationMessagePath: '/tmp/last-words',
  terminationMessagePolicy: 'FallbackToLogsOnError',
  securityContext: {
    allowPrivilegeEscalation: false,
    capabilities: { add: ['NET_ADMIN'], drop: ['ALL'] },
    readOnlyRootFilesystem: true,
    runAsNonRoot: true,
    runAsUser: 1000,
    seccompProfile: { type: 'RuntimeDefault' },
  },
  stdin: true,
  tty: true,
};

export const fullPodSpec = {
  initContainers: [
    { name: 'first', image: 'busybox:1', command: ['true'], volumeMounts: [{ name: 'scratch', mountPath: '/scratch' }] },
    { name: 'sidecar', image: 'busybox:1', restartPolicy: 'Always', startupProbe: { ...probe, grpc: { port: 9000, service: 'health' } } },
  ],
  containers: [container, { name: 'second', image: 'busybox:1', livenessProbe: { ...probe, grpc: { port: 9000, service: '' } } }],
  volumes,
  restartPolicy: 'Always',
  terminationGracePeriodSeconds: 10,
  dnsPolicy: 'None',
  dnsConfig: { nameservers: ['10.0.0.10'], searches: ['example.com'], options: [{ name: 'ndots', value: '2' }, { name: 'edns0' }] },
  nodeSelector: { 'kubernetes.io/os': 'linux' },
  serviceAccountName: 'default',
  automountServiceAccountToken: false,
  shareProcessNamespace: true,
  hostname: 'web-0',
  subdomain: 'web',
  schedulerName: 'other-scheduler',
  securityContext: {
    fsGroup: 2000,
    fsGroupChangePolicy: 'OnRootMismatch',
    runAsGroup: 3000,
    supplementalGroups: [4000],
    sysctls: [{ name: 'net.ipv4.ip_local_port_range', value: '1024 65535' }],
  },
  imagePullSecrets: [{ name: 'registry' }],
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'cores', operator: 'Gt', values: ['3'] }] }],
      },
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 10, preference: { matchFields: [{ key: 'metadata.name', operator: 'NotIn', values: ['node-9'] }] } },
      ],
    },
    podAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        {
          weight: 5,
          podAffinityTerm: { labelSelector: selectorOf('cache'), topologyKey: 'kubernetes.io/hostname', namespaces: ['other'] },
        },
      ],
    },
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { labelSelector: selectorOf('web'), topologyKey: 'zone', namespaceSelector: {}, matchLabelKeys: ['pod-template-hash'] },
      ],
    },
  },
  tolerations: [
    { key: 'dedicated', operator: 'Equal', value: 'web', effect: 'NoSchedule' },
    { key: 'slow', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 60 },
  ],
  hostAliases: [{ ip: '192.0.2.7', hostnames: ['seven', 'seven.example.com'] }],
  readinessGates: [{ conditionType: 'example.com/ready' }],
  enableServiceLinks: false,
  preemptionPolicy: 'PreemptLowerPriority',
  topologySpreadConstraints: [
    {
      maxSkew: 1,
      topologyKey: 'zone',
      whenUnsatisfiable: 'DoNotSchedule',
      labelSelector: selectorOf('web'),
      minDomains: 2,
      nodeAffinityPolicy: 'Honor',
      nodeTaintsPolicy: 'Ignore',
      matchLabelKeys: ['pod-template-hash'],
    },
  ],
  setHostnameAsFQDN: true,
  os: { name: 'linux' },
};
