/** Says of ranges of service addresses that they are ready, and keeps those that go until no address would be left without one (KEP-1880). */
import { BlockList } from 'node:net';
import { ipAddressKind, type ServiceCIDR, serviceCidrKind } from '@t8s/api';
import { Controller } from '@t8s/controller';
import { formatTime, ifFound, type ObjectMeta } from '@t8s/meta';
import type { ControllerContext } from '../../context.ts';

const finalizer = 'networking.k8s.io/service-cidr-finalizer';
/** For apiservers to hear that a range is going, before it is gone. Milliseconds. */
const graceMs = 10_000;

const ready = { status: 'True', reason: '', message: 'Kubernetes Service CIDR is ready' };
const terminating = {
  status: 'False',
  reason: 'Terminating',
  message: 'There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR',
};

export function serviceCidrController({ client, informers, clock, log }: ControllerContext): Controller {
  const ranges = informers.informer(serviceCidrKind);
  const addresses = informers.informer(ipAddressKind);
  const controller = new Controller({ name: 'service-cidr', informers: [ranges, addresses], reconcile, log, clock });
  const going = (): string[] => ranges.list().flatMap(({ metadata }) => (metadata.deletionTimestamp ? [metadata.name ?? ''] : []));
  controller.watch(ranges, ({ metadata }) => [metadata.name ?? '', ...going()]);
  controller.watch(addresses, going);
  return controller;

  async function reconcile(name: string): Promise<{ requeueAfter: number } | undefined> {
    const range = ranges.get(name);
    if (!range) return undefined;
    const { deletionTimestamp, finalizers = [] } = range.metadata;
    if (!deletionTimestamp) {
      if (!finalizers.includes(finalizer)) return setFinalizers(range, [...finalizers, finalizer]);
      return say(range, ready);
    }
    if (!finalizers.includes(finalizer)) return undefined;
    if (isNeeded(range)) return say(range, terminating);
    const left = Date.parse(deletionTimestamp) + graceMs - clock.now();
    if (left > 0) return { requeueAfter: left };
    return setFinalizers(
      range,
      finalizers.filter((one) => one !== finalizer),
    );
  }

  /** Whether an address is in this range and in no other. */
  function isNeeded(range: ServiceCIDR): boolean {
    const own = block([range]);
    const others = block(ranges.list().filter((one) => one.metadata.name !== range.metadata.name));
    const isGiven = ({ labels }: ObjectMeta): boolean => labels?.['ipaddress.kubernetes.io/managed-by'] === 'ipallocator.k8s.io';
    return addresses.list().some(({ metadata }) => {
      const { name = '' } = metadata;
      return isGiven(metadata) && has(own, name) && !has(others, name);
    });
  }

  async function say(range: ServiceCIDR, { status, reason, message }: typeof ready): Promise<undefined> {
    const known = range.status?.conditions?.find(({ type }) => type === 'Ready');
    if (known?.status === status && known.message === message) return;
    const lastTransitionTime = known?.status === status ? known.lastTransitionTime : formatTime(clock.now());
    const body = { status: { conditions: [{ type: 'Ready', status, reason, message, lastTransitionTime }] } };
    await ifFound(
      client.resource(serviceCidrKind).patch({ name: range.metadata.name ?? '' }, { type: 'strategic', subresource: 'status', body }),
    );
  }

  async function setFinalizers(range: ServiceCIDR, finalizers: string[]): Promise<undefined> {
    await ifFound(client.resource(serviceCidrKind).update({ ...range, metadata: { ...range.metadata, finalizers } }));
  }
}

function block(ranges: readonly ServiceCIDR[]): BlockList {
  const all = new BlockList();
  for (const [address = '', bits] of ranges.flatMap(({ spec }) => spec.cidrs ?? []).map((cidr) => cidr.split('/')))
    all.addSubnet(address, Number(bits), familyOf(address));
  return all;
}

const has = (all: BlockList, address: string): boolean => all.check(address, familyOf(address));
const familyOf = (address: string): 'ipv4' | 'ipv6' => (address.includes(':') ? 'ipv6' : 'ipv4');
