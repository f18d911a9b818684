/** Keeps in the status of every ResourceQuota what there is of what it limits; the apiserver charges it for what comes. */
import { isDeepStrictEqual } from 'node:util';
import { type Pod, type ResourceQuota, resourceQuotaKind, specAsHeld } from '@t8s/api';
import { Controller } from '@t8s/controller';
import { isStatus, type KubeObject, objectKey } from '@t8s/meta';
import type { Amounts } from '@t8s/policy';
import type { ControllerContext } from '../../context.ts';
import { type CountedKind, CountedKinds } from './counted-kinds.ts';

/** How long no charge may have been made before what is charged, but not there, is taken for lost. Milliseconds. */
const quietMs = 10_000;
/** Time alone ends pods that should be gone (upstream's --resource-quota-sync-period). Milliseconds. */
const resyncMs = 5 * 60_000;

/** How long what goes, and what comes, waits for more of it: a count is of all there is. Milliseconds. */
const [releaseMs, arrivalMs] = [50, 500];

export function resourceQuotaController({ client, informers, clock, log }: ControllerContext): Controller {
  const quotas = informers.informer(resourceQuotaKind);
  const kinds = new CountedKinds({ client, informers, changed });
  /** By quota: objects that went or changed, and so give something back; since when nobody has charged it. */
  const gone = new Map<string, Released[]>();
  const unchanged = new Map<string, { version: string; since: number }>();
  const controller = new Controller({ name: 'resourcequota', informers: [quotas], reconcile, workers: 5, log, clock });
  controller.watch(quotas, (quota) => [objectKey(quota)]);
  return controller;

  function changed(resource: CountedKind['resource'], { now, old }: { now?: KubeObject; old?: KubeObject }): void {
    for (const quota of quotas.byIndex('namespace', (now ?? old)?.metadata.namespace ?? '')) {
      const key = objectKey(quota);
      if (now && old && costSame(now, old)) continue;
      const waiting = gone.get(key);
      if (old && waiting) waiting.push({ resource, now, old });
      else if (old) gone.set(key, [{ resource, now, old }]);
      controller.enqueueAfter(key, old ? releaseMs : arrivalMs);
    }
  }

  async function reconcile(key: string): Promise<{ requeueAfter: number } | undefined> {
    // What counts is only there where quotas are.
    const policy = await import('@t8s/policy');
    const names = Object.keys(quotas.get(key)?.spec.hard ?? {});
    const counted = await kinds.of(names, (resource) => policy.measuredNames(resource, names).length > 0);
    const waiting = counted.filter(({ informer }) => !informer.hasSynced);
    if (waiting.length > 0) {
      void Promise.all(waiting.map(({ informer }) => informer.synced)).then(() => controller.enqueue(key));
      return undefined;
    }
    const quota = quotas.get(key);
    if (!quota) {
      gone.delete(key);
      unchanged.delete(key);
      return undefined;
    }
    return bringUpToDate(quota, counted, policy);
  }

  async function bringUpToDate(quota: ResourceQuota, counted: readonly CountedKind[], policy: Policy): Promise<{ requeueAfter: number }> {
    const { recount, isAhead } = await import('./recount.ts');
    const key = objectKey(quota);
    const released = gone.get(key) ?? [];
    gone.delete(key);
    const there = countAll(quota, counted, policy);
    const used = policy.parseAmounts(quota.status?.used);
    const left = quietMs - quietFor(quota);
    const give = released.map((one) => givenBack(quota, one, policy)).reduce(policy.plus, {});
    const next = recount({ used, counted: there, released: give, isQuiet: left <= 0 });
    const status = { hard: quota.spec.hard ?? {}, used: policy.formatAmounts(next) };
    if (!isDeepStrictEqual(status, { hard: quota.status?.hard ?? {}, used: quota.status?.used ?? {} }))
      await write(quota, status, released);
    return { requeueAfter: isAhead(next, there) ? Math.max(left, 1) : resyncMs };
  }

  async function write(quota: ResourceQuota, status: ResourceQuota['status'], released: readonly Released[]): Promise<void> {
    const key = objectKey(quota);
    try {
      await client.resource(resourceQuotaKind).updateStatus({ ...quota, ...(status && { status }) });
    } catch (error) {
      if (isStatus(error, 'NotFound')) return;
      gone.set(key, [...released, ...(gone.get(key) ?? [])]);
      throw error;
    }
  }

  /** How long a quota has been what it is, as far as is known here. Milliseconds. */
  function quietFor(quota: ResourceQuota): number {
    const key = objectKey(quota);
    const version = quota.metadata.resourceVersion ?? '';
    const known = unchanged.get(key);
    if (known?.version === version) return clock.now() - known.since;
    unchanged.set(key, { version, since: clock.now() });
    return 0;
  }

  function countAll(quota: ResourceQuota, counted: readonly CountedKind[], policy: Policy): Amounts {
    let total: Amounts = {};
    for (const { resource, informer } of counted) {
      const names = policy.measuredNames(resource, Object.keys(quota.spec.hard ?? {}));
      total = policy.plus(total, Object.fromEntries(names.map((name) => [name, policy.none])));
      for (const object of informer.byIndex('namespace', quota.metadata.namespace ?? ''))
        total = policy.plus(total, costs(quota, { resource, object }, policy));
    }
    return total;
  }

  function costs(
    quota: ResourceQuota,
    { resource, object }: { resource: CountedKind['resource']; object: KubeObject },
    policy: Policy,
  ): Amounts {
    if (!policy.isInScope(quota, resource, object)) return {};
    return policy.only(policy.usageOf(resource, object, clock.now()), Object.keys(quota.spec.hard ?? {}));
  }

  function givenBack(quota: ResourceQuota, { resource, now, old }: Released, policy: Policy): Amounts {
    const before = costs(quota, { resource, object: old }, policy);
    return now ? policy.minus(before, costs(quota, { resource, object: now }, policy)) : before;
  }
}

/** Most updates change nothing that is counted. */
function costSame(now: KubeObject, old: KubeObject): boolean {
  const telling = (object: KubeObject): unknown => {
    const { spec, status = {} } = object as { spec?: unknown; status?: Record<string, unknown> };
    const { phase, allocatedResources, currentVolumeAttributesClassName: attributes, containerStatuses } = status;
    const counted = containerStatuses === undefined ? spec : specAsHeld(object as Pod);
    return [object.metadata.deletionTimestamp, phase, allocatedResources, attributes, counted];
  };
  return isDeepStrictEqual(telling(now), telling(old));
}

type Policy = typeof import('@t8s/policy');

interface Released {
  resource: CountedKind['resource'];
  now: KubeObject | undefined;
  old: KubeObject;
}
