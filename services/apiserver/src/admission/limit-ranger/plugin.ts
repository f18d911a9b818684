/** Holds pods and claims to the LimitRanges of their namespace (upstream's LimitRanger, v1.34). */
import { type Container, type LimitRange, type PersistentVolumeClaim, type Pod, podLimits, podRequests } from '@t8s/api';
import { aggregate, forbidden, parseQuantity, type Quantity } from '@t8s/meta';
import type { ObjectStore } from '../../registry/object-store.ts';
import type { Write } from '../../write-chain.ts';
import type { AdmissionPlugin } from '../plugin.ts';
import { applyDefaults } from './defaults.ts';
import { violations } from './limits.ts';

export function limitRanger({ cache }: ObjectStore): AdmissionPlugin {
  const rangesOf = ({ object }: Write): LimitRange[] => {
    const ranges = cache.resource('limitranges');
    return ranges.size === 0 ? [] : [...ranges.range(`${object.metadata.namespace}/`)].map((cached) => cached.object as LimitRange);
  };
  return {
    name: 'LimitRanger',
    mutate(write) {
      if (write.resource.storage === 'pods' && isAsking(write)) applyDefaults(write.object as Pod, rangesOf(write));
    },
    validate(write) {
      const { resource, object, subresource } = write;
      const isPod = resource.storage === 'pods' && isAsking(write);
      const isClaim = resource.storage === 'persistentvolumeclaims' && subresource === '';
      if (!isPod && !isClaim) return;
      for (const range of rangesOf(write)) {
        const found = isPod ? podViolations(object as Pod, range) : claimViolations(object as PersistentVolumeClaim, range);
        if (found.length > 0) throw forbidden(resource.kind, object.metadata.name ?? '', aggregate([...new Set(found)]));
      }
    },
  };
}

/** What pods ask for is settled when they are made, and when they are resized. */
const isAsking = ({ old, subresource }: Write): boolean => (old === undefined && subresource === '') || subresource === 'resize';

function podViolations({ spec }: Pod, range: LimitRange): string[] {
  const containers = [...spec.containers, ...(spec.initContainers ?? [])].map(amountsOf);
  const whole = { requests: podRequests(spec), limits: podLimits(spec) };
  return (range.spec.limits ?? []).flatMap((item) => {
    if (item.type === 'Container') return containers.flatMap((amounts) => violations(item, amounts));
    return item.type === 'Pod' ? violations(item, whole) : [];
  });
}

function claimViolations({ spec }: PersistentVolumeClaim, range: LimitRange): string[] {
  const requests = parsed(spec.resources?.requests);
  return (range.spec.limits ?? []).flatMap((item) =>
    item.type === 'PersistentVolumeClaim' ? violations(item, { requests, limits: {} }) : [],
  );
}

const amountsOf = ({ resources }: Container): { requests: Record<string, Quantity>; limits: Record<string, Quantity> } => ({
  requests: parsed(resources?.requests),
  limits: parsed(resources?.limits),
});

const parsed = (amounts: Readonly<Record<string, string>> = {}): Record<string, Quantity> =>
  Object.fromEntries(Object.entries(amounts).map(([name, text]) => [name, parseQuantity(text)]));
