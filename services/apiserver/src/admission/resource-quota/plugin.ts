/** Holds what a namespace stores to its ResourceQuotas (upstream's ResourceQuota, v1.34). The last plugin: it charges. */
import type { Pod, ResourceQuota } from '@t8s/api';
import type { KubeObject } from '@t8s/meta';
import { type Amounts, isInScope, measuredNames, minus, only, parseAmounts, unsaid, usageOf, withoutZeros } from '@t8s/policy';
import type { ObjectStore } from '../../registry/object-store.ts';
import type { Write } from '../../write-chain.ts';
import type { AdmissionPlugin } from '../plugin.ts';
import { forbiddenBy, requestOf } from '../request.ts';
import { excess, QuotaLedger } from './ledger.ts';

/** Not worth counting, and many (upstream's). */
const ignored = new Set(['events', 'namespaces']);
/** Whose updates can cost more; others cost what they do when they are created. What was given already, a status, only the controller counts. */
const growing = new Set(['services', 'persistentvolumeclaims', 'pods/resize']);

interface Charge {
  quota: ResourceQuota;
  amounts: Amounts;
}

export function resourceQuota(objects: ObjectStore): AdmissionPlugin {
  const ledger = new QuotaLedger(objects);
  return {
    name: 'ResourceQuota',
    validate(write) {
      if (!isCounted(write)) return;
      const charges = quotasOf(write).flatMap((quota) => chargeOf(quota, write) ?? []);
      if (charges.length > 0) return write.dryRun ? check(write, charges) : charge(write, charges);
    },
  };

  function quotasOf({ object }: Write): ResourceQuota[] {
    const found = objects.cache.resource('resourcequotas').range(`${object.metadata.namespace}/`);
    return [...found].map((cached) => cached.object as ResourceQuota);
  }

  async function charge(write: Write, charges: readonly Charge[]): Promise<void> {
    for (const { quota, amounts } of charges) {
      const key = { namespace: quota.metadata.namespace ?? '', name: quota.metadata.name ?? '' };
      const refusal = await ledger.charge(key, amounts);
      // What other quotas were charged is given back with all that the write has claimed.
      if (refusal !== undefined) throw forbiddenBy(requestOf(write), refusal);
      write.claims.push(() => ledger.release(key, amounts));
    }
  }
}

function isCounted({ resource, subresource, old, object }: Write): boolean {
  if (!object.metadata.namespace || ignored.has(resource.storage)) return false;
  if (old === undefined) return subresource === '';
  const { group, resource: name } = resource.kind;
  return group === '' && growing.has(subresource === '' ? name : `${name}/${subresource}`);
}

/** What a quota is to be charged for a write; undefined where it is not concerned. Throws Forbidden where it can't be told. */
function chargeOf(quota: ResourceQuota, write: Write): Charge | undefined {
  const { object, old, resource } = write;
  const { kind } = resource;
  const names = measuredNames(kind, Object.keys(quota.status?.hard ?? {}));
  if (names.length === 0 || !isInScope(quota, kind, object)) return undefined;
  const refuse = (why: string): Error => forbiddenBy(requestOf(write), why);
  const missing = resource.storage === 'pods' ? unsaid(object as Pod, names) : undefined;
  if (missing !== undefined) throw refuse(`failed quota: ${quota.metadata.name}: ${missing}`);
  const used = parseAmounts(quota.status?.used);
  if (names.some((name) => used[name] === undefined))
    throw refuse(`status unknown for quota: ${quota.metadata.name}, resources: ${[...names].sort().join(',')}`);
  const costs = (stored: KubeObject): Amounts => only(usageOf(kind, stored, Date.now()), names);
  const before = old && isInScope(quota, kind, old) ? costs(old) : {};
  const amounts = withoutZeros(minus(costs(object), before));
  return Object.keys(amounts).length === 0 ? undefined : { quota, amounts };
}

/** A dry run is told what it would be told, and charged nothing. */
function check(write: Write, charges: readonly Charge[]): void {
  for (const { quota, amounts } of charges) {
    const refusal = excess(quota, amounts);
    if (refusal !== undefined) throw forbiddenBy(requestOf(write), refusal);
  }
}
