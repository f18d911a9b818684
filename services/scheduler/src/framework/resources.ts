/** Amounts of resources as plain numbers: what the hot path adds, compares and divides. */
import type { Quantity } from '@t8s/meta';

export interface Resources {
  /** Thousandths of a core. */
  milliCpu: number;
  /** Bytes. */
  memory: number;
  /** Bytes. */
  ephemeralStorage: number;
  /** Extended resources and huge pages, in whole units. Absent where there are none. */
  scalars?: Record<string, number>;
}

export const noResources = (): Resources => ({ milliCpu: 0, memory: 0, ephemeralStorage: 0 });

/** From quantities by name. The pod count (`pods`) is no amount and left out. */
export function toResources(amounts: Readonly<Record<string, Quantity>>): Resources {
  const resources = noResources();
  for (const [name, amount] of Object.entries(amounts)) {
    if (name === 'cpu') resources.milliCpu = amount.milliValue;
    else if (name === 'memory') resources.memory = amount.value;
    else if (name === 'ephemeral-storage') resources.ephemeralStorage = amount.value;
    else if (name !== 'pods') {
      resources.scalars ??= {};
      resources.scalars[name] = amount.value;
    }
  }
  return resources;
}

/** What of it there is any of, by the names the API has. */
export const namesIn = (resources: Resources): string[] =>
  ['cpu', 'memory', 'ephemeral-storage', ...Object.keys(resources.scalars ?? {})].filter((name) => amountOf(resources, name) > 0);

/** Whether all of `wanted` fits into an empty `capacity`. */
export const holds = (capacity: Resources, wanted: Resources): boolean =>
  namesIn(wanted).every((name) => amountOf(wanted, name) <= amountOf(capacity, name));

/** Extended resources and huge pages: a node is not scored by them for a pod that does not ask for any. */
export const isScalar = (name: string): boolean => name !== 'cpu' && name !== 'memory' && name !== 'ephemeral-storage';

/** Adds `amount` times `sign` to `into`. */
export function addResources(into: Resources, amount: Resources, sign: 1 | -1): void {
  into.milliCpu += sign * amount.milliCpu;
  into.memory += sign * amount.memory;
  into.ephemeralStorage += sign * amount.ephemeralStorage;
  if (!amount.scalars) return;
  into.scalars ??= {};
  for (const [name, value] of Object.entries(amount.scalars)) into.scalars[name] = (into.scalars[name] ?? 0) + sign * value;
}

/** By the name the API has for the resource. */
export function amountOf(resources: Resources, name: string): number {
  if (name === 'cpu') return resources.milliCpu;
  if (name === 'memory') return resources.memory;
  return name === 'ephemeral-storage' ? resources.ephemeralStorage : (resources.scalars?.[name] ?? 0);
}
