/** Controllers of pods, with their pods. */
import {
  type DaemonSet,
  type Deployment,
  daemonSetKind,
  deploymentKind,
  type Pod,
  type PodTemplateSpec,
  podKind,
  type ReplicaSet,
  replicaSetKind,
} from '@t8s/api';
import type { ResourceRef } from '@t8s/client';
import type { KubeObject, ObjectMeta } from '@t8s/meta';
import { at, labels, named } from './metadata.ts';

export type Create = <T extends KubeObject & { status?: unknown }>(kind: ResourceRef<T>, object: T) => Promise<T>;

export async function createWorkloads(create: Create): Promise<void> {
  const template: PodTemplateSpec = {
    metadata: { labels, annotations: { 'example.com/long': 'x'.repeat(150) } },
    spec: {
      serviceAccountName: 'builder',
      priorityClassName: 'high',
      initContainers: [{ name: 'setup', image: 'busybox:1', command: ['sh', '-c', 'echo one\necho two'] }],
      containers: [
        {
          name: 'web',
          image: 'nginx:1.27',
          ports: [{ containerPort: 80 }, { containerPort: 443, name: 'https' }],
          volumeMounts: [{ name: 'data', mountPath: '/data' }],
          resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '100m' } },
        },
        { name: 'side', image: 'side:2', env: [{ name: 'NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] },
      ],
      volumes: [
        { name: 'data', emptyDir: {} },
        { name: 'files', configMap: { name: 'one-key' } },
      ],
      nodeSelector: { 'kubernetes.io/os': 'linux' },
      tolerations: [{ key: 'dedicated', value: 'web', effect: 'NoSchedule' }],
      topologySpreadConstraints: [
        { topologyKey: 'zone', maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels: labels } },
        { topologyKey: 'host', maxSkew: 2, whenUnsatisfiable: 'ScheduleAnyway' },
      ],
    },
  };
  const selector = { matchLabels: { app: 'web' }, matchExpressions: [{ key: 'tier', operator: 'In', values: ['front', 'back'] }] };
  const deployment = await create<Deployment>(deploymentKind, {
    metadata: named('web', { labels, annotations: { 'deployment.kubernetes.io/revision': '2' } }),
    spec: {
      replicas: 3,
      selector,
      template,
      minReadySeconds: 5,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: 1 } },
    },
    status: {
      replicas: 4,
      updatedReplicas: 2,
      readyReplicas: 3,
      availableReplicas: 3,
      unavailableReplicas: 1,
      conditions: [
        { type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable', lastTransitionTime: at, lastUpdateTime: at },
        { type: 'Progressing', status: 'True', reason: 'ReplicaSetUpdated', lastTransitionTime: at, lastUpdateTime: at },
      ],
    },
  });
  const owner = (object: KubeObject, kind: string): ObjectMeta => ({
    ownerReferences: [{ apiVersion: 'apps/v1', kind, name: object.metadata.name ?? '', uid: object.metadata.uid ?? '', controller: true }],
  });
  const plain: PodTemplateSpec & Pick<Pod, 'spec'> = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'i' }] } };
  const withHash = (hash: string, from: PodTemplateSpec): PodTemplateSpec => ({
    ...from,
    metadata: { ...from.metadata, labels: { ...labels, 'pod-template-hash': hash } },
  });
  for (const [name, from, replicas] of [
    ['web-1', plain, 0],
    ['web-2', { ...plain, spec: { containers: [{ name: 'c', image: 'older' }] } }, 2],
    ['web-3', template, 2],
  ] satisfies [string, PodTemplateSpec, number][]) {
    const set = await create<ReplicaSet>(replicaSetKind, {
      metadata: named(name, { labels, ...owner(deployment, 'Deployment') }),
      spec: { replicas, selector, template: withHash(name, from) },
      status: { replicas, conditions: replicas ? [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate' }] : [] },
    });
    for (const [i, phase] of ['Running', 'Pending', 'Succeeded', 'Failed', 'Running'].slice(0, replicas * 2).entries())
      await create<Pod>(podKind, {
        ...plain,
        metadata: named(`${name}-${i}`, { labels, ...owner(set, 'ReplicaSet') }),
        status: { phase },
      });
  }
  await create<Deployment>(deploymentKind, {
    metadata: named('bare'),
    spec: {
      selector: { matchLabels: { app: 'bare' } },
      template: { ...plain, metadata: { labels: { app: 'bare' } } },
      strategy: { type: 'Recreate' },
    },
  });
  await create<DaemonSet>(daemonSetKind, {
    metadata: named('agent', { labels }),
    spec: { selector, template: { ...template, metadata: { labels } } },
    status: {
      desiredNumberScheduled: 3,
      currentNumberScheduled: 3,
      updatedNumberScheduled: 2,
      numberAvailable: 1,
      numberMisscheduled: 1,
      numberReady: 1,
    },
  });
}
