/** A copy of JSON, without fields that are undefined: several times as fast as structuredClone, which copies anything. */
export function cloneJson<T>(value: T): T {
  return copied(value) as T;
}

function copied(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copied);
  const source = value as Record<string, unknown>;
  const copy: Record<string, unknown> = {};
  for (const name in source) {
    const inner = source[name];
    if (inner === undefined) continue;
    const own = copied(inner);
    // A name like any other, which an assignment would take for something else.
    if (name === '__proto__') Object.defineProperty(copy, name, { value: own, enumerable: true, configurable: true, writable: true });
    else copy[name] = own;
  }
  return copy;
}
