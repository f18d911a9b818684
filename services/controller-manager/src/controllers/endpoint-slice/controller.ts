/** EndpointSlices of services with a selector. https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/ */
import { isDeepStrictEqual } from 'node:util';
import {
  type DiscoveryEndpointPort,
  type Endpoint,
  type EndpointSlice,
  endpointSliceKind,
  nodeKind,
  type Service,
  serviceKind,
} from '@t8s/api';
import { Controller } from '@t8s/controller';
import { isStatus, splitKey } from '@t8s/meta';
import type { ControllerContext } from '../../context.ts';
import { hasManagedEndpoints, isHeadless, selects } from '../../endpoints/selection.ts';
import { endpointSources, watchServices } from '../../endpoints/service-changes.ts';
import { controllerReference, withKind } from '../../pods/claim.ts';
import { desiredGroups, plan, zoneOfNode } from './desired.ts';

const serviceNameLabel = 'kubernetes.io/service-name';
const managedByLabel = 'endpointslice.kubernetes.io/managed-by';
const headlessLabel = 'service.kubernetes.io/headless';
const manager = 'endpointslice-controller.k8s.io';

export function endpointSliceController({ client, informers, clock, log }: ControllerContext): Controller {
  const sources = endpointSources(informers);
  const nodes = informers.informer(nodeKind);
  const slices = informers.informer(endpointSliceKind, { indexers: { service: (slice) => [serviceKeyOf(slice)] } });
  const controller = new Controller({
    name: 'endpointslice',
    informers: [sources.services, sources.pods, nodes, slices],
    reconcile,
    workers: 5,
    log,
    clock,
  });
  watchServices(controller, sources);
  controller.watch(slices, (slice) => (slice.metadata.labels?.[managedByLabel] === manager ? [serviceKeyOf(slice)] : []));
  return controller;

  async function reconcile(key: string): Promise<void> {
    const service = sources.services.get(key);
    // Slices of a service that is gone go with it by their owner reference.
    if (!service || service.metadata.deletionTimestamp || !hasManagedEndpoints(service)) return;
    const { namespace } = splitKey(key);
    const pods = sources.pods.byIndex('namespace', namespace ?? '').filter((pod) => selects(service, pod.metadata.labels));
    const existing = slices
      .byIndex('service', key)
      .filter((s) => s.metadata.labels?.[managedByLabel] === manager && !s.metadata.deletionTimestamp);
    const { create, update, remove } = plan(
      desiredGroups(service, pods, (name) => zoneOfNode(nodes.get(name))),
      existing,
    );
    const labels = sliceLabels(service);
    for (const { slice, endpoints } of update) await write({ ...slice, metadata: { ...slice.metadata, labels }, endpoints });
    for (const { ports, endpoints } of create) await client.resource(endpointSliceKind).create(newSlice(service, labels, ports, endpoints));
    for (const slice of remove) await removeSlice(slice);
    const settled = new Set([...remove, ...update.map((u) => u.slice)]);
    for (const slice of existing)
      if (!settled.has(slice) && !isDeepStrictEqual(slice.metadata.labels, labels))
        await write({ ...slice, metadata: { ...slice.metadata, labels } });
  }

  async function write(slice: EndpointSlice): Promise<void> {
    await client.resource(endpointSliceKind).update(slice);
  }

  async function removeSlice({ metadata: { namespace, name = '' } }: EndpointSlice): Promise<void> {
    try {
      await client.resource(endpointSliceKind).delete({ namespace, name });
    } catch (error) {
      if (!isStatus(error, 'NotFound')) throw error;
    }
  }
}

function serviceKeyOf({ metadata }: EndpointSlice): string {
  return `${metadata.namespace}/${metadata.labels?.[serviceNameLabel] ?? ''}`;
}

/** The service's own labels and those that find the slice again. */
function sliceLabels(service: Service): Record<string, string> {
  const { [headlessLabel]: _, ...own } = service.metadata.labels ?? {};
  return {
    ...own,
    ...(isHeadless(service) && { [headlessLabel]: '' }),
    [serviceNameLabel]: service.metadata.name ?? '',
    [managedByLabel]: manager,
  };
}

function newSlice(service: Service, labels: Record<string, string>, ports: DiscoveryEndpointPort[], endpoints: Endpoint[]): EndpointSlice {
  const { name, namespace } = service.metadata;
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { generateName: `${name}-`, namespace, labels, ownerReferences: [controllerReference(withKind(serviceKind, service))] },
    addressType: 'IPv4',
    ports,
    endpoints,
  };
}
