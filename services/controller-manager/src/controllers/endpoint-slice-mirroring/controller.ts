/** EndpointSlices for the Endpoints that somebody else writes, of services without a selector: kube-proxy reads slices only. */
import { type Endpoints, endpointsKind, type Service, serviceKind } from '@t8s/api';
import { Controller } from '@t8s/controller';
import { objectKey } from '@t8s/meta';
import type { ControllerContext } from '../../context.ts';
import { ManagedSlices } from '../../endpoints/managed-slices.ts';
import { withKind } from '../../pods/claim.ts';
import { changesTo, manager, mirror } from './mirror.ts';

const skipLabel = 'endpointslice.kubernetes.io/skip-mirror';
/** Old leader elections keep their record in Endpoints. */
const leaderAnnotation = 'control-plane.alpha.kubernetes.io/leader';

/** `maxEndpoints` of a subset are mirrored. */
export function endpointSliceMirroringController(
  { client, informers, events, clock, log }: ControllerContext,
  { maxEndpoints }: { maxEndpoints: number },
): Controller {
  const recorder = events('endpoint-slice-mirroring-controller');
  const services = informers.informer(serviceKind);
  const endpoints = informers.informer(endpointsKind);
  const slices = new ManagedSlices({ client, informers, manager });
  const waitedFor = [services, endpoints, slices.informer];
  const controller = new Controller({ name: 'endpointslice-mirroring', informers: waitedFor, reconcile, workers: 5, log, clock });
  controller.watch(services, (service) => [objectKey(service)]);
  controller.watch(endpoints, (object) => [objectKey(object)]);
  slices.watch(controller);
  return controller;

  async function reconcile(key: string): Promise<void> {
    const source = endpoints.get(key);
    const existing = slices.of(key);
    if (!existing || source?.metadata.deletionTimestamp) return;
    const isMirrored = source && isToBeMirrored(source, services.get(key));
    const { slices: wanted, skipped } = isMirrored ? mirror(source, maxEndpoints) : { slices: [], skipped: 0 };
    const changes = changesTo(wanted, existing);
    if (source && skipped > 0 && Object.values(changes).some((list) => list.length > 0)) {
      const text = `A max of ${maxEndpoints} addresses can be mirrored to EndpointSlices per Endpoints subset. ${skipped} addresses were skipped`;
      recorder.event(withKind(endpointsKind, source), 'Warning', 'TooManyAddressesToMirror', text);
    }
    await slices.write(key, changes);
  }
}

const isToBeMirrored = ({ metadata: { labels, annotations } }: Endpoints, service: Service | undefined): boolean =>
  service !== undefined &&
  service.spec.selector === undefined &&
  labels?.[skipLabel] !== 'true' &&
  annotations?.[leaderAnnotation] === undefined;
