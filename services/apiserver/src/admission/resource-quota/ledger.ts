/**
 * What quotas have been charged. Promised: what is charged fits at the moment it is written, whoever else charges the same quota; a
 * charge is made or refused as a whole. Charges of one quota that come together share a write, so that many creates at once cost few
 * writes and none is retried for ever.
 */
import { type ResourceQuota, resourceQuotaKind } from '@t8s/api';
import { isStatus, type KubeObject } from '@t8s/meta';
import { type Amounts, describeAmounts, formatAmounts, minus, only, parseAmounts, plus } from '@t8s/policy';
import type { ObjectStore } from '../../registry/object-store.ts';

const quotas = { kind: resourceQuotaKind, storage: 'resourcequotas' };

export interface QuotaKey {
  namespace: string;
  name: string;
}

interface Entry {
  amounts: Amounts;
  sign: 1 | -1;
  /** Called once with why it is refused, or nothing. */
  done(refusal: string | undefined): void;
  failed(error: unknown): void;
}

export class QuotaLedger {
  readonly #objects: ObjectStore;
  /** What waits for the write under way, by quota. */
  readonly #waiting = new Map<string, Entry[]>();

  constructor(objects: ObjectStore) {
    this.#objects = objects;
  }

  /** Resolves with why a quota has no room for this, or undefined once it is charged. A quota that is gone limits nothing. */
  charge(quota: QuotaKey, amounts: Amounts): Promise<string | undefined> {
    return this.#enter(quota, amounts, 1);
  }

  /** Gives back what was charged for something that was not stored. */
  async release(quota: QuotaKey, amounts: Amounts): Promise<void> {
    await this.#enter(quota, amounts, -1);
  }

  #enter(quota: QuotaKey, amounts: Amounts, sign: 1 | -1): Promise<string | undefined> {
    return new Promise((done, failed) => {
      const key = `${quota.namespace}/${quota.name}`;
      const entry = { amounts, sign, done, failed };
      const waiting = this.#waiting.get(key);
      if (waiting) {
        waiting.push(entry);
        return;
      }
      this.#waiting.set(key, [entry]);
      void this.#work(key, quota);
    });
  }

  async #work(key: string, quota: QuotaKey): Promise<void> {
    for (let entries = this.#waiting.get(key); entries && entries.length > 0; entries = this.#waiting.get(key)) {
      this.#waiting.set(key, []);
      await this.#write(quota, entries);
    }
    this.#waiting.delete(key);
  }

  async #write(quota: QuotaKey, entries: readonly Entry[]): Promise<void> {
    let refusals: (string | undefined)[] = [];
    try {
      await this.#objects.change(quotas, quota, async ({ object }) => {
        const entered = enter(object as ResourceQuota, entries);
        refusals = entered.refusals;
        return entered.object ? { to: 'put', object: entered.object } : { to: 'keep' };
      });
    } catch (error) {
      if (!isStatus(error, 'NotFound')) {
        for (const { failed } of entries) failed(error);
        return;
      }
      refusals = [];
    }
    entries.forEach(({ done }, i) => void done(refusals[i]));
  }
}

/** One entry after the other; `object` is undefined where nothing changes. */
function enter(quota: ResourceQuota, entries: readonly Entry[]): { object: KubeObject | undefined; refusals: (string | undefined)[] } {
  const before = parseAmounts(quota.status?.used);
  const hard = parseAmounts(quota.status?.hard);
  let used = before;
  const refusals = entries.map(({ amounts, sign }) => {
    const counted = only(amounts, Object.keys(hard));
    const refusal = sign === 1 ? excess(quota, counted, used) : undefined;
    if (refusal === undefined) used = sign === 1 ? plus(used, counted) : minus(used, only(counted, Object.keys(used)));
    return refusal;
  });
  if (used === before) return { object: undefined, refusals };
  const object = { ...quota, metadata: { ...quota.metadata }, status: { ...quota.status, used: formatAmounts(used) } };
  return { object, refusals };
}

/** Why a quota that has been used so far has no room for `requested`, in upstream's words. */
export function excess({ metadata, status }: ResourceQuota, requested: Amounts, used = parseAmounts(status?.used)): string | undefined {
  const hard = parseAmounts(status?.hard);
  const next = plus(used, requested);
  const names = Object.keys(requested).filter((name) => {
    const [limit, then] = [hard[name], next[name]];
    return limit !== undefined && then !== undefined && then.compare(limit) > 0;
  });
  if (names.length === 0) return undefined;
  const told = [requested, used, hard].map((amounts) => describeAmounts(only(amounts, names)));
  return `exceeded quota: ${metadata.name}, requested: ${told[0]}, used: ${told[1]}, limited: ${told[2]}`;
}
