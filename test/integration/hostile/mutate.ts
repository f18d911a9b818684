/** Documents that were good, with a few things wrong. */

import type { Random } from '@t8s/testkit';
import { hostileName, hostileText, hostileValue } from './hostile-values.ts';

type Container = Record<string, unknown> | unknown[];

const isContainer = (value: unknown): value is Container => typeof value === 'object' && value !== null;

/** A copy of `value` with one to four places changed: another value, another name, gone, doubled, moved. */
export function mutated(random: Random, value: unknown): unknown {
  const copy: unknown = structuredClone(value);
  for (let i = random.below(4); i >= 0; i--) {
    const places = containers(copy);
    if (places.length === 0) return hostileValue(random);
    change(random, random.of(places), places);
  }
  return copy;
}

function containers(value: unknown, found: Container[] = []): Container[] {
  if (!isContainer(value)) return found;
  found.push(value);
  for (const inner of Object.values(value)) containers(inner, found);
  return found;
}

function change(random: Random, place: Container, all: readonly Container[]): void {
  const keys = Object.keys(place);
  const entries = place as Record<string, unknown>;
  const key = keys.length > 0 ? random.of(keys) : undefined;
  const choice = random.fraction();
  if (key === undefined || choice < 0.15) {
    const value = hostileValue(random);
    if (Array.isArray(place)) place.push(value);
    else Object.defineProperty(place, hostileName(random), { value, enumerable: true, configurable: true, writable: true });
  } else if (choice < 0.55)
    entries[key] = typeof entries[key] === 'string' && random.isIn(0.6) ? hostileText(random) : hostileValue(random);
  else if (choice < 0.7) remove(place, key);
  else if (choice < 0.85 && Array.isArray(place)) place.push(structuredClone(place[Number(key)]));
  else entries[key] = structuredClone(random.of(all.filter((other) => other !== all[0] || all.length === 1)));
}

function remove(place: Container, key: string): void {
  if (Array.isArray(place)) place.splice(Number(key), 1);
  else delete place[key];
}

/** Bytes with some of them changed, cut out, doubled, or cut off. */
export function damaged(random: Random, bytes: Buffer): Buffer {
  let result = Buffer.from(bytes);
  for (let i = random.below(3); i >= 0 && result.length > 0; i--) {
    const at = random.below(result.length);
    const choice = random.fraction();
    if (choice < 0.4) result[at] = random.below(256);
    else if (choice < 0.6) result = result.subarray(0, at);
    else if (choice < 0.8) result = Buffer.concat([result.subarray(0, at), result.subarray(at + 1 + random.below(10))]);
    else result = Buffer.concat([result.subarray(0, at), result.subarray(Math.max(0, at - 20))]);
  }
  return result;
}
