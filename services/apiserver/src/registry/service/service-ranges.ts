import type { ServiceCIDR } from '@t8s/api';
import type { WatchCache } from '@t8s/storage';
import { Ipv4Range } from './ipv4-range.ts';

/** Ranges that services get addresses from: those of ServiceCIDRs that are not going and not unready, or `first` before there is any. */
export function serviceRanges(cache: WatchCache, first: Ipv4Range): readonly Ipv4Range[] {
  const all = [...cache.resource('servicecidrs').range()].map(({ object }) => object as ServiceCIDR);
  if (all.length === 0) return [first];
  const isUnready = ({ status }: ServiceCIDR): boolean =>
    status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'False') ?? false;
  return all
    .filter((one) => !one.metadata.deletionTimestamp && !isUnready(one))
    .flatMap(({ spec }) => spec.cidrs ?? [])
    .filter((cidr) => Ipv4Range.isRange(cidr))
    .map((cidr) => new Ipv4Range(cidr));
}
