/** The EndpointSlices that one controller keeps for its services. */
import { type EndpointSlice, endpointSliceKind } from '@t8s/api';
import type { Client } from '@t8s/client';
import type { Controller } from '@t8s/controller';
import type { Informer, InformerSet } from '@t8s/informer';
import { ifUnchanged, objectKey } from '@t8s/meta';
import { Expectations } from '../pods/expectations.ts';
import { WrittenVersions } from '../written-versions.ts';

export const serviceNameLabel = 'kubernetes.io/service-name';
export const managedByLabel = 'endpointslice.kubernetes.io/managed-by';

/** Slices as they should be; those to update have the metadata they were read with. */
export interface SliceChanges {
  create: EndpointSlice[];
  update: EndpointSlice[];
  remove: EndpointSlice[];
}

export class ManagedSlices {
  readonly informer: Informer<EndpointSlice>;
  readonly #client: Client;
  readonly #manager: string;
  readonly #expected: Expectations;
  readonly #written = new WrittenVersions();

  /** `manager` is the value of the managed-by label. */
  constructor({ client, informers, manager }: { client: Client; informers: InformerSet; manager: string }) {
    this.#client = client;
    this.#manager = manager;
    this.#expected = new Expectations();
    this.informer = informers.informer(endpointSliceKind, { indexers: { service: (slice) => [serviceKeyOf(slice)] } });
    this.informer.addHandler({ ...this.#expected.handler, deleted: (slice) => this.#forget(slice) });
  }

  /** Has the controller look at a service when a slice of it changes, also one that is taken away from or given to the manager. */
  watch(controller: Controller): void {
    controller.watch(this.informer, (slice, old) => [slice, ...(old ? [old] : [])].filter((s) => this.#isOurs(s)).map(serviceKeyOf));
  }

  /** The slices of a service. Undefined while the cache doesn't show the last writes: the event of that write brings the key back. */
  of(key: string): EndpointSlice[] | undefined {
    if (!this.#expected.satisfied(key)) return undefined;
    const slices = this.informer.byIndex('service', key).filter((slice) => this.#isOurs(slice) && !slice.metadata.deletionTimestamp);
    return slices.some((slice) => this.#written.isBehind(slice)) ? undefined : slices;
  }

  /** Writes; a slice that would go is rather made one that would come. */
  async write(key: string, { create, update, remove }: SliceChanges): Promise<void> {
    const resource = this.#client.resource(endpointSliceKind);
    const left = [...remove];
    const fresh: EndpointSlice[] = [];
    const changed = [...update];
    for (const slice of create) {
      const at = left.findIndex(({ addressType }) => addressType === slice.addressType);
      const [old] = at < 0 ? [] : left.splice(at, 1);
      const { labels, annotations, ownerReferences } = slice.metadata;
      if (old) changed.push({ ...slice, metadata: { ...old.metadata, labels, annotations, ownerReferences } });
      else fresh.push(slice);
    }
    for (const slice of changed) this.#written.wrote(await resource.update(slice));
    for (const slice of fresh) {
      const created = await resource.create(slice);
      if (!this.informer.get(objectKey(created))) this.#expected.expect(key, 'created', created.metadata.uid ?? '');
    }
    for (const { metadata } of left) {
      const { namespace, name = '', uid = '' } = metadata;
      await ifUnchanged(resource.delete({ namespace, name }, { preconditions: { uid } }));
    }
  }

  #isOurs(slice: EndpointSlice): boolean {
    return slice.metadata.labels?.[managedByLabel] === this.#manager;
  }

  #forget(slice: EndpointSlice): void {
    this.#expected.handler.deleted(slice);
    this.#written.forget(slice.metadata.uid);
  }
}

const serviceKeyOf = ({ metadata }: EndpointSlice): string => `${metadata.namespace}/${metadata.labels?.[serviceNameLabel] ?? ''}`;
