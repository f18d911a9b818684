/** EndpointSlices of services with a selector. https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/ */
import { isDeepStrictEqual } from 'node:util';
import { type EndpointSlice, nodeKind, type Service, serviceKind } from '@t8s/api';
import { Controller } from '@t8s/controller';
import { splitKey } from '@t8s/meta';
import type { ControllerContext } from '../../context.ts';
import { ManagedSlices, managedByLabel, serviceNameLabel } from '../../endpoints/managed-slices.ts';
import { hasManagedEndpoints, isHeadless, selects } from '../../endpoints/selection.ts';
import { endpointSources, servicesOf, watchServices } from '../../endpoints/service-changes.ts';
import { TriggerTimes, withTriggerTime } from '../../endpoints/trigger-times.ts';
import { controllerReference, withKind } from '../../pods/claim.ts';
import { desiredGroups, isAuto, type PortGroup, zoneLabel } from './desired.ts';
import { type Packing, pack } from './packing.ts';
import { withKnownHints, withTopologyHints, zoneCpu, zoneShares } from './topology-hints.ts';

const headlessLabel = 'service.kubernetes.io/headless';
const manager = 'endpointslice-controller.k8s.io';

export interface EndpointSliceOptions {
  /** Most endpoints in one slice. */
  maxEndpoints: number;
  /** How long changes of pods wait for others, in milliseconds. */
  batchPeriod: number;
}

export function endpointSliceController(
  { client, informers, events, clock, log }: ControllerContext,
  { maxEndpoints, batchPeriod }: EndpointSliceOptions,
): Controller {
  const sources = endpointSources(informers);
  const nodes = informers.informer(nodeKind);
  const slices = new ManagedSlices({ client, informers, manager });
  const times = new TriggerTimes();
  const recorder = events('endpoint-slice-controller');
  /** Services with hints of topology-mode Auto, and what these go by, until a node changes it. */
  const hinted = new Set<string>();
  let shares: { of: ReturnType<typeof zoneShares> } | undefined;
  const waitedFor = [sources.services, sources.pods, nodes, slices.informer];
  const controller = new Controller({ name: 'endpointslice', informers: waitedFor, reconcile, workers: 5, log, clock });
  watchServices(controller, sources, batchPeriod);
  slices.watch(controller);
  controller.watch(nodes, (node, old) =>
    old && old.metadata.labels?.[zoneLabel] === node.metadata.labels?.[zoneLabel]
      ? []
      : sources.pods.byIndex('node', node.metadata.name ?? '').flatMap((pod) => servicesOf(sources, pod)),
  );
  nodes.addHandler({
    added: () => rezone(),
    updated: (node, old) => !isDeepStrictEqual(zoneCpu(node), zoneCpu(old)) && rezone(),
    deleted: () => rezone(),
  });
  return controller;

  function rezone(): void {
    shares = undefined;
    for (const key of hinted) controller.enqueue(key);
  }

  /** With the hints of topology-mode Auto, if the service asks for them. */
  function packed(key: string, service: Service, groups: readonly PortGroup[], existing: readonly EndpointSlice[]): Packing {
    const plain = (): Packing => pack(groups, existing, maxEndpoints);
    const tell = (type: 'Normal' | 'Warning', word: string, text: string): void =>
      recorder.event(withKind(serviceKind, service), type, `TopologyAwareHints${word}`, `${text}, addressType: IPv4`);
    if (!isAuto(service)) {
      if (hinted.delete(key)) tell('Warning', 'Disabled', 'Topology Aware Hints has been disabled');
      return plain();
    }
    shares ??= { of: zoneShares(nodes.list()) };
    const result = withTopologyHints(pack(withKnownHints(groups, existing), existing, maxEndpoints), shares.of);
    if (typeof result === 'string') {
      hinted.delete(key);
      tell('Warning', 'Disabled', result);
      return plain();
    }
    if (!hinted.has(key)) tell('Normal', 'Enabled', 'Topology Aware Hints has been enabled');
    hinted.add(key);
    return result;
  }

  async function reconcile(key: string): Promise<void> {
    const service = sources.services.get(key);
    if (!service) {
      times.forget(key);
      hinted.delete(key);
    }
    // Slices of a service that is gone go with it by their owner reference.
    if (!service || service.metadata.deletionTimestamp || !hasManagedEndpoints(service)) return;
    const existing = slices.of(key);
    if (!existing) return;
    const { namespace = '' } = splitKey(key);
    const pods = sources.pods.byIndex('namespace', namespace).filter((pod) => selects(service, pod.metadata.labels));
    const groups = desiredGroups(service, pods, (name) => nodes.get(name));
    const { create, update, unchanged, remove } = packed(key, service, groups, existing);
    const labels = sliceLabels(service);
    const relabelled = unchanged.filter(({ metadata }) => !isDeepStrictEqual(metadata.labels, labels));
    const time = times.since(service, pods);
    const sliceOf = ({ ports, endpoints }: PortGroup, { metadata }: Partial<EndpointSlice>): EndpointSlice => ({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { ...metadata, labels, annotations: withTriggerTime(metadata?.annotations, time) },
      addressType: 'IPv4',
      ports,
      endpoints,
    });
    const ownerReferences = [controllerReference(withKind(serviceKind, service))];
    const fresh = { metadata: { generateName: `${service.metadata.name}-`, namespace, ownerReferences } };
    await slices.write(key, {
      create: create.map((group) => sliceOf(group, fresh)),
      update: [
        ...update.map((group) => sliceOf(group, group.slice)),
        ...relabelled.map((slice) => sliceOf({ ports: slice.ports ?? [], endpoints: slice.endpoints }, slice)),
      ],
      remove,
    });
  }
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
