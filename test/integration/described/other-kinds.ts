/** Objects of the kinds that most users meet seldom: the table test's examples, and what else their descriptions have words for. */
import type { Client } from '@t8s/client';
import { examples } from '../examples/examples.ts';
import { send } from '../served-resource.ts';
import { at } from './metadata.ts';

interface Described {
  /** `group/version/resource`. */
  of: string;
  name: string;
  body: object;
  status?: object;
}

/** Both examples of each; of limit ranges kubectl leaves the order to chance. */
const fromExamples = [
  'apps/v1/statefulsets',
  'autoscaling/v2/horizontalpodautoscalers',
  'batch/v1/cronjobs',
  'batch/v1/jobs',
  'networking.k8s.io/v1/ingressclasses',
  'networking.k8s.io/v1/ingresses',
  'networking.k8s.io/v1/ipaddresses',
  'networking.k8s.io/v1/networkpolicies',
  'networking.k8s.io/v1/servicecidrs',
  'policy/v1/poddisruptionbudgets',
  'rbac.authorization.k8s.io/v1/clusterrolebindings',
  'rbac.authorization.k8s.io/v1/clusterroles',
  'rbac.authorization.k8s.io/v1/rolebindings',
  'rbac.authorization.k8s.io/v1/roles',
  'certificates.k8s.io/v1/certificatesigningrequests',
  'storage.k8s.io/v1/csinodes',
  'storage.k8s.io/v1/storageclasses',
  'v1/persistentvolumeclaims',
  'v1/persistentvolumes',
  'v1/replicationcontrollers',
  'v1/resourcequotas',
];

/** Every word for it that `kubectl describe` takes. */
export const otherKinds = fromExamples.map((key) => key.split('/').pop()).join(',');

const statuses: Readonly<Record<string, object>> = {
  'autoscaling/v2/horizontalpodautoscalers': {
    currentReplicas: 3,
    desiredReplicas: 4,
    currentMetrics: [
      { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 40, averageValue: '80m' } } },
      { type: 'ContainerResource', containerResource: { name: 'memory', container: 'main', current: { averageValue: '90Mi' } } },
      { type: 'Pods', pods: { metric: { name: 'rps' }, current: { averageValue: '900' } } },
      {
        type: 'Object',
        object: { metric: { name: 'hits' }, describedObject: { kind: 'Ingress', name: 'web' }, current: { value: '1500' } },
      },
      { type: 'External', external: { metric: { name: 'queue' }, current: { averageValue: '20' } } },
    ],
    conditions: [{ type: 'AbleToScale', status: 'True', reason: 'Ready', message: 'it is', lastTransitionTime: at }],
  },
  'batch/v1/cronjobs': { lastScheduleTime: at, active: [{ name: 'a' }, { name: 'b' }] },
  'networking.k8s.io/v1/ingresses': {
    loadBalancer: { ingress: [{ ip: '10.0.0.2' }, { hostname: 'lb.example.com' }, { ip: '10.0.0.1' }] },
  },
  'networking.k8s.io/v1/servicecidrs': {
    conditions: [{ type: 'Ready', status: 'True', reason: 'Ready', message: 'it is', lastTransitionTime: at }],
  },
  'policy/v1/poddisruptionbudgets': {
    disruptionsAllowed: 1,
    currentHealthy: 3,
    desiredHealthy: 2,
    expectedPods: 3,
    observedGeneration: 1,
  },
  'v1/persistentvolumeclaims': {
    phase: 'Bound',
    capacity: { storage: '9Gi' },
    accessModes: ['ReadWriteMany', 'ReadOnlyMany'],
    conditions: [{ type: 'Resizing', status: 'True', lastTransitionTime: at, reason: 'Asked', message: 'it grows' }],
  },
  'v1/replicationcontrollers': { replicas: 1, conditions: [{ type: 'ReplicaFailure', status: 'True', reason: 'Sad' }] },
  'v1/resourcequotas': {
    hard: { 'requests.cpu': '4', pods: '10', 'count/deployments.apps': '9' },
    used: { pods: '2', 'requests.cpu': '250m' },
  },
};

const volume = (name: string, source: object, more: object = {}): Described => ({
  of: 'v1/persistentvolumes',
  name,
  body: { spec: { capacity: { storage: '5Gi' }, accessModes: ['ReadWriteMany', 'ReadWriteOnce'], ...source, ...more } },
});
const terms = [
  {
    matchExpressions: [
      { key: 'zone', operator: 'In', values: ['a'] },
      { key: 'disk', operator: 'Exists' },
    ],
  },
  { matchExpressions: [{ key: 'old', operator: 'DoesNotExist' }] },
];
const secretRef = { name: 'key', namespace: 'default' };
const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } };
const claimer = { containers: [{ name: 'c', image: 'i' }], volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'used' } }] };

const others: readonly Described[] = [
  volume('nfs', { nfs: { server: 's', path: '/p' } }, { nodeAffinity: { required: { nodeSelectorTerms: terms } } }),
  volume('local', { local: { path: '/mnt' } }, { nodeAffinity: { required: { nodeSelectorTerms: terms } } }),
  volume('csi-attributes', { csi: { driver: 'csi.example.com', volumeHandle: 'h', volumeAttributes: { z: '1', a: '2' } } }),
  volume('iscsi', { iscsi: { targetPortal: '10.0.0.1:3260', iqn: 'iqn.2001-04.com.example:disk', lun: 1, secretRef } }),
  volume('flex', { flexVolume: { driver: 'x/y', fsType: 'ext4', secretRef, options: { b: 'c', a: 'd' } } }),
  volume('azure', { azureFile: { secretName: 's', shareName: 'share', secretNamespace: 'default' } }),
  {
    of: 'v1/persistentvolumeclaims',
    name: 'used',
    body: { spec: { accessModes: ['ReadWriteOnce'], volumeName: 'nfs', resources: { requests: { storage: '1Gi' } } } },
  },
  { of: 'v1/pods', name: 'user-1', body: { spec: claimer } },
  { of: 'v1/pods', name: 'user-2', body: { spec: claimer } },
  { of: 'v1/resourcequotas', name: 'scoped', body: { spec: { hard: { pods: '4' }, scopes: ['BestEffort', 'Terminating'] } } },
  {
    of: 'v1/limitranges',
    name: 'limits',
    body: {
      spec: {
        limits: [
          {
            type: 'Container',
            max: { cpu: '2' },
            default: { cpu: '500m' },
            defaultRequest: { cpu: '100m' },
            maxLimitRequestRatio: { cpu: '10' },
          },
          { type: 'PersistentVolumeClaim', min: { storage: '1Mi' } },
        ],
      },
    },
  },
  {
    of: 'networking.k8s.io/v1/networkpolicies',
    name: 'outgoing',
    body: {
      spec: {
        podSelector: { matchExpressions: [{ key: 'a', operator: 'In', values: ['x', 'y'] }] },
        policyTypes: ['Egress'],
        egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }, { ports: [{ protocol: 'UDP' }] }],
      },
    },
  },
  {
    of: 'networking.k8s.io/v1/networkpolicies',
    name: 'open',
    body: { spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: [{}] } },
  },
  {
    of: 'networking.k8s.io/v1/ingresses',
    name: 'rich',
    body: {
      spec: {
        tls: [{ hosts: ['a', 'b'] }],
        rules: [
          {
            http: {
              paths: [
                { pathType: 'ImplementationSpecific', backend: { service: { name: 'web', port: { number: 80 } } } },
                { path: '/x', pathType: 'Prefix', backend: { resource: { kind: 'Bucket', name: 'static' } } },
              ],
            },
          },
          { host: 'no.paths' },
        ],
      },
    },
  },
  {
    of: 'rbac.authorization.k8s.io/v1/clusterroles',
    name: 'rich',
    body: {
      rules: [
        { apiGroups: ['', 'apps'], resources: ['deployments/scale', 'pods'], verbs: ['get', 'list'] },
        { apiGroups: [''], resources: ['pods'], verbs: ['watch', 'get'] },
        { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
        { apiGroups: ['x'], resources: ['things'], resourceNames: ['a', 'b'], verbs: ['get'] },
        { nonResourceURLs: ['*'], verbs: ['get', 'post'] },
      ],
    },
  },
  {
    of: 'storage.k8s.io/v1/storageclasses',
    name: 'usual',
    body: {
      metadata: { annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
      provisioner: 'csi.example.com',
      parameters: { b: 'c', a: 'd' },
      allowedTopologies: [
        {
          matchLabelExpressions: [
            { key: 'zone', values: ['a'] },
            { key: 'rack', values: ['1', '2'] },
          ],
        },
        { matchLabelExpressions: [{ key: 'zone', values: ['b'] }] },
      ],
    },
  },
  {
    of: 'apps/v1/statefulsets',
    name: 'by-hand',
    body: {
      spec: {
        serviceName: 's',
        selector: { matchLabels: { a: 'b' } },
        updateStrategy: { type: 'OnDelete' },
        template,
        volumeClaimTemplates: [
          {
            metadata: { name: 'data', labels: { x: '1', z: '2' }, annotations: { note: 'n' } },
            spec: { accessModes: ['ReadWriteOnce', 'ReadOnlyMany'], resources: { requests: { storage: '1Gi' } } },
          },
        ],
      },
    },
  },
  { of: 'policy/v1/poddisruptionbudgets', name: 'everybody', body: { spec: { minAvailable: 2, selector: {} } } },
  {
    of: 'batch/v1/jobs',
    name: 'running',
    body: { spec: { template: { ...template, spec: { ...template.spec, restartPolicy: 'Never' } } } },
    status: { startTime: at, active: 1, ready: 1, failed: 2 },
  },
];

export async function createOtherKinds(admin: Client): Promise<void> {
  const both = fromExamples.flatMap((of) =>
    (['minimal', 'full'] as const).map((name): Described => {
      const status = name === 'full' ? statuses[of] : undefined;
      return { of, name, body: examples[of]?.[name] ?? {}, ...(status && { status }) };
    }),
  );
  for (const { of, name, body, status } of [...both, ...others]) {
    const path = collection(of);
    const { metadata = {}, ...rest } = body as { metadata?: { name?: string } };
    const marks = name === 'full' ? { labels: { team: 'a' }, annotations: { note: 'full' } } : {};
    const named = { ...rest, metadata: { name, ...marks, ...metadata } };
    await send(admin, 'POST', path, { body: named });
    const how = { body: { status }, 'content-type': 'application/merge-patch+json' };
    if (status) await send(admin, 'PATCH', `${path}/${named.metadata.name}/status`, how);
  }
}

const clusterWide =
  /^(v1\/persistentvolumes$|storage\.k8s\.io|certificates|.*\/(clusterroles|clusterrolebindings|ingressclasses|ipaddresses|servicecidrs)$)/;

function collection(of: string): string {
  const [resource = '', ...groupVersion] = of.split('/').reverse();
  const root = of.startsWith('v1/') ? '/api' : '/apis';
  const isClusterWide = clusterWide.test(of);
  return `${root}/${groupVersion.reverse().join('/')}${isClusterWide ? '' : '/namespaces/default'}/${resource}`;
}
