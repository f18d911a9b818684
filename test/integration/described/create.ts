/** Objects with every trait that descriptions have words for. */
import {
  type ConfigMap,
  type CoreEvent,
  configMapKind,
  type EndpointSlice,
  type Endpoints,
  endpointSliceKind,
  endpointsKind,
  eventKind,
  type Lease,
  leaseKind,
  type Namespace,
  type Node,
  namespaceKind,
  nodeKind,
  type Pod,
  type PriorityClass,
  podKind,
  priorityClassKind,
  type Secret,
  type Service,
  type ServiceAccount,
  secretKind,
  serviceAccountKind,
  serviceKind,
} from '@t8s/api';
import type { Client, ResourceRef } from '@t8s/client';
import type { KubeObject } from '@t8s/meta';
import { configMaps, secrets } from './configuration.ts';
import { eventsOf } from './events.ts';
import { at, labels, named } from './metadata.ts';
import { nodes } from './nodes.ts';
import { pods } from './pods.ts';
import { endpoints, services, slices } from './services.ts';
import { createWorkloads } from './workloads.ts';

/** Puts them all into the server, one after the other: later ones refer to earlier ones. */
export async function createDescribedObjects(admin: Client): Promise<void> {
  const create = async <T extends KubeObject & { status?: unknown }>(kind: ResourceRef<T>, object: T): Promise<T> => {
    const created = await admin.resource(kind).create(object);
    return object.status === undefined ? created : admin.resource(kind).updateStatus({ ...created, status: object.status });
  };
  await create<Namespace>(namespaceKind, {
    metadata: { name: 'ending', labels: { team: 'a', env: 'test' }, annotations: { why: 'two\nlines' } },
    spec: {},
    status: {
      phase: 'Active',
      conditions: [{ type: 'NamespaceDeletionContentFailure', status: 'True', reason: 'Sad', message: 'it is', lastTransitionTime: at }],
    },
  });
  for (const node of nodes) await create<Node>(nodeKind, node);
  await create<Lease>(leaseKind, {
    metadata: { name: 'node-0', namespace: 'kube-node-lease' },
    spec: { holderIdentity: 'node-0', leaseDurationSeconds: 40, renewTime: '2024-05-06T07:08:09.123456Z' },
  });
  await create<PriorityClass>(priorityClassKind, { metadata: { name: 'high' }, value: 1000, description: 'before others' });
  for (const map of configMaps) await create<ConfigMap>(configMapKind, map);
  for (const secret of secrets) await create<Secret>(secretKind, secret);
  const account = await create<ServiceAccount>(serviceAccountKind, {
    metadata: named('builder', { labels }),
    secrets: [{ name: 'gone' }, { name: 'one-key' }],
    imagePullSecrets: [{ name: 'pull' }, { name: 'one-key' }],
  });
  await create<Secret>(secretKind, {
    metadata: named('builder-token', {
      annotations: { 'kubernetes.io/service-account.name': 'builder', 'kubernetes.io/service-account.uid': account.metadata.uid ?? '' },
    }),
    type: 'kubernetes.io/service-account-token',
    data: { token: Buffer.from('a.b.c').toString('base64') },
  });
  for (const pod of pods) await create<Pod>(podKind, pod);
  await createWorkloads(create);
  for (const service of services) await create<Service>(serviceKind, service);
  for (const slice of slices) await create<EndpointSlice>(endpointSliceKind, slice);
  await create<Endpoints>(endpointsKind, endpoints);
  await admin.resource(podKind).delete({ namespace: 'default', name: 'leaving' }, { gracePeriodSeconds: 30 });
  const subject = await admin.resource(podKind).get({ namespace: 'default', name: 'rich' });
  for (const event of eventsOf(subject)) await create<CoreEvent>(eventKind, event);
  const node = await admin.resource(nodeKind).get({ name: 'node-0' });
  for (const uid of [node.metadata.uid ?? '', 'node-0'])
    await create<CoreEvent>(eventKind, {
      metadata: { name: `node-0.${uid}`, namespace: 'default' },
      involvedObject: { kind: 'Node', name: 'node-0', uid },
      type: 'Normal',
      reason: 'Starting',
      message: `seen by ${uid === 'node-0' ? 'the kubelet' : 'a controller'}`,
      source: { component: 'kubelet', host: 'node-0' },
      firstTimestamp: at,
      lastTimestamp: at,
      count: 1,
    });
}
