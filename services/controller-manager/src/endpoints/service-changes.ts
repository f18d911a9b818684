/** Tells an endpoints controller which services a change concerns. */
import { isDeepStrictEqual } from 'node:util';
import { type Pod, podKind, type Service, serviceKind } from '@t8s/api';
import type { Controller } from '@t8s/controller';
import type { Informer, InformerSet } from '@t8s/informer';
import { objectKey } from '@t8s/meta';
import { podIndexers } from '../pods/indexers.ts';
import { endpointFacts, selects } from './selection.ts';

/** The shared caches an endpoints controller reads. */
export function endpointSources(informers: InformerSet): { services: Informer<Service>; pods: Informer<Pod> } {
  return { services: informers.informer(serviceKind), pods: informers.informer(podKind, { indexers: podIndexers }) };
}

export type EndpointSources = ReturnType<typeof endpointSources>;

/** Keys of the services that select the pod. */
export function servicesOf({ services }: EndpointSources, { metadata: { namespace = '', labels } }: Pod): string[] {
  return services
    .byIndex('namespace', namespace)
    .filter((service) => selects(service, labels))
    .map(objectKey);
}

/** Changes of pods wait for `batchPeriod` milliseconds, so that many become one. */
export function watchServices(controller: Controller, sources: EndpointSources, batchPeriod: number): void {
  controller.watch(sources.services, (service) => [objectKey(service)]);
  const changed = (...pods: Pod[]): void => {
    for (const key of pods.flatMap((pod) => servicesOf(sources, pod))) controller.enqueueAfter(key, batchPeriod);
  };
  sources.pods.addHandler({
    added: (pod) => changed(pod),
    updated(pod, old) {
      if (endpointFacts(old) === endpointFacts(pod)) return;
      changed(pod);
      if (!isDeepStrictEqual(old.metadata.labels, pod.metadata.labels)) changed(old);
    },
    deleted: (pod) => changed(pod),
  });
}
