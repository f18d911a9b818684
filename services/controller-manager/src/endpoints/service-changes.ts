/** Tells an endpoints controller which services a change concerns. */
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

export function watchServices(controller: Controller, { services, pods }: { services: Informer<Service>; pods: Informer<Pod> }): void {
  controller.watch(services, (service) => [objectKey(service)]);
  controller.watch(pods, (pod, old) => {
    if (old && endpointFacts(old) === endpointFacts(pod)) return [];
    return services
      .byIndex('namespace', pod.metadata.namespace ?? '')
      .filter((s) => selects(s, pod.metadata.labels) || (old !== undefined && selects(s, old.metadata.labels)))
      .map(objectKey);
  });
}
