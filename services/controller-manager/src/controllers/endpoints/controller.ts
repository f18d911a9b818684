/** Endpoints of services with a selector: the older form of EndpointSlices, which `kubectl describe` and old clients read. */
import { isDeepStrictEqual } from 'node:util';
import { type Endpoints, endpointsKind, type Service } from '@t8s/api';
import { Controller } from '@t8s/controller';
import { ifFound, objectKey, splitKey } from '@t8s/meta';
import type { ControllerContext } from '../../context.ts';
import { hasManagedEndpoints, isHeadless, selects } from '../../endpoints/selection.ts';
import { endpointSources, watchServices } from '../../endpoints/service-changes.ts';
import { TriggerTimes, withTriggerTime } from '../../endpoints/trigger-times.ts';
import { endpointSubsets } from './subsets.ts';

const headlessLabel = 'service.kubernetes.io/headless';
const managedByLabel = 'endpoints.kubernetes.io/managed-by';
const overCapacity = 'endpoints.kubernetes.io/over-capacity';

/** `batchPeriod` in milliseconds: how long changes of pods wait for others. */
export function endpointsController(
  { client, informers, clock, log }: ControllerContext,
  { batchPeriod }: { batchPeriod: number },
): Controller {
  const sources = endpointSources(informers);
  const endpoints = informers.informer(endpointsKind);
  const times = new TriggerTimes();
  const controller = new Controller({
    name: 'endpoint',
    informers: [sources.services, sources.pods, endpoints],
    reconcile,
    workers: 5,
    log,
    clock,
  });
  watchServices(controller, sources, batchPeriod);
  controller.watch(endpoints, (object) => [objectKey(object)]);
  return controller;

  async function reconcile(key: string): Promise<void> {
    const { namespace = '', name } = splitKey(key);
    const service = sources.services.get(key);
    if (!service) {
      times.forget(key);
      return removeOwn(endpoints.get(key));
    }
    if (service.metadata.deletionTimestamp || !hasManagedEndpoints(service)) return;
    // The cache may not show yet what the last reconcile made.
    const current = endpoints.get(key) ?? (await read(namespace, name));
    const pods = sources.pods.byIndex('namespace', namespace).filter((pod) => selects(service, pod.metadata.labels));
    const { subsets, truncated } = endpointSubsets(service, pods);
    const labels = labelsOf(service);
    const time = times.since(service, pods);
    const { [overCapacity]: capacity, ...kept } = current?.metadata.annotations ?? {};
    const has = [current?.subsets ?? [], current?.metadata.labels ?? {}, capacity === 'truncated'];
    if (current && isDeepStrictEqual(has, [subsets, labels, truncated])) return;
    const annotations = withTriggerTime({ ...kept, ...(truncated && { [overCapacity]: 'truncated' }) }, time);
    const metadata = { ...current?.metadata, name, namespace, labels, annotations };
    if (current) await client.resource(endpointsKind).update({ ...current, metadata, subsets });
    else await client.resource(endpointsKind).create({ apiVersion: 'v1', kind: 'Endpoints', metadata, subsets });
  }

  function read(namespace: string, name: string): Promise<Endpoints | undefined> {
    return ifFound(client.resource(endpointsKind).get({ namespace, name }));
  }

  /** The service is gone; only what this controller made goes with it. */
  async function removeOwn(current: Endpoints | undefined): Promise<void> {
    if (current?.metadata.labels?.[managedByLabel] !== 'endpoint-controller') return;
    await ifFound(client.resource(endpointsKind).delete({ namespace: current.metadata.namespace, name: current.metadata.name ?? '' }));
  }
}

function labelsOf(service: Service): Record<string, string> {
  const { [headlessLabel]: _, ...own } = service.metadata.labels ?? {};
  return { ...own, ...(isHeadless(service) && { [headlessLabel]: '' }), [managedByLabel]: 'endpoint-controller' };
}
