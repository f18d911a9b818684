/** Holds what a namespace stores to its ResourceQuotas (upstream's ResourceQuota, v1.34). The last plugin: it charges. */
import type { Pod, ResourceQuota, ScopedResourceSelectorRequirement } from '@t8s/api';
import { type KubeObject, unclassified } from '@t8s/meta';
import {
  type Amounts,
  isIn,
  isInScope,
  measuredNames,
  minus,
  only,
  parseAmounts,
  scopesOf,
  unsaid,
  usageOf,
  withoutZeros,
} from '@t8s/policy';
import type { ObjectStore } from '../../registry/object-store.ts';
import type { Write } from '../../write-chain.ts';
import type { AdmissionPlugin } from '../plugin.ts';
import { forbiddenBy, requestOf } from '../request.ts';
import type { LimitedResource, QuotaConfiguration } from './configuration.ts';
import { excess, QuotaLedger } from './ledger.ts';

/** Not worth counting, and many (upstream's). */
const ignored = new Set(['events', 'namespaces']);
/** Whose updates can cost more; others cost what they do when they are created. What was given already, a status, only the controller counts. */
const growing = new Set(['services', 'persistentvolumeclaims', 'pods/resize']);

interface Charge {
  quota: ResourceQuota;
  amounts: Amounts;
}

export function resourceQuota(objects: ObjectStore, { limitedResources = [] }: QuotaConfiguration = {}): AdmissionPlugin {
  const ledger = new QuotaLedger(objects);
  return {
    name: 'ResourceQuota',
    validate(write) {
      if (!isCounted(write)) return;
      const quotas = quotasOf(write);
      const charges = quotas.flatMap((quota) => chargeOf(quota, write) ?? []);
      if (limitedResources.length > 0) requireCover(write, quotas, limitedResources);
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
  const written = subresource === '' ? name : `${name}/${subresource}`;
  if (group !== '') return false;
  return growing.has(written) || (written === 'pods' && hasDeadline(old) !== hasDeadline(object));
}

/** Tells which quotas a pod is in the scope of. */
const hasDeadline = (pod: KubeObject): boolean => (pod as Pod).spec.activeDeadlineSeconds !== undefined;

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

/** Throws where the write takes something that is only to be had by a quota, and none covers it. */
function requireCover(write: Write, quotas: readonly ResourceQuota[], limited: readonly LimitedResource[]): void {
  const { object, old, resource } = write;
  const { kind } = resource;
  const usage = usageOf(kind, object, Date.now());
  const costs = withoutZeros(old ? minus(usage, usageOf(kind, old, Date.now())) : usage);
  if (Object.keys(costs).length === 0) return;
  const parts = limited
    .filter((one) => one.resource === kind.resource && (one.apiGroup ?? '') === kind.group)
    .flatMap(({ matchContains = [] }) => matchContains);
  const covered = new Set(
    quotas.filter((quota) => isInScope(quota, kind, object)).flatMap(({ status }) => measuredNames(kind, Object.keys(status?.hard ?? {}))),
  );
  const names = Object.keys(withoutZeros(usage)).filter((name) => parts.some((part) => name.includes(part)) && !covered.has(name));
  if (names.length > 0) throw forbiddenBy(requestOf(write), `insufficient quota to consume: ${names.sort().join(',')}`);
  const isInOne = (scope: ScopedResourceSelectorRequirement): boolean => isIn(scope, kind, object);
  const scopes = new Set(
    quotas
      .flatMap(scopesOf)
      .filter(isInOne)
      .map(({ scopeName }) => scopeName),
  );
  const lacking = limited.flatMap(({ matchScopes = [] }) => matchScopes).filter((scope) => isInOne(scope) && !scopes.has(scope.scopeName));
  if (lacking.length > 0) throw unclassified(`insufficient quota to match these scopes: [${lacking.map(asGo).join(' ')}]`);
}

const asGo = ({ scopeName, operator, values = [] }: ScopedResourceSelectorRequirement): string =>
  `{${scopeName} ${operator} [${values.join(' ')}]}`;

/** A dry run is told what it would be told, and charged nothing. */
function check(write: Write, charges: readonly Charge[]): void {
  for (const { quota, amounts } of charges) {
    const refusal = excess(quota, amounts);
    if (refusal !== undefined) throw forbiddenBy(requestOf(write), refusal);
  }
}
