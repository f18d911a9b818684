/** Times (RFC 3339) and Go's durations, strictly read, and as text. */
import type { Environment } from '@marcbachmann/cel-js';
import { Duration } from '@marcbachmann/cel-js/evaluator';
import { evaluationError } from '../cel-error.ts';

const rfc3339 = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;
const date = /^\d{4}-\d\d-\d\d$/;
const goDuration = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:h|ms|m|s|us|µs|μs|ns)/;
const nanosOf: Record<string, bigint> = {
  h: 3_600_000_000_000n,
  m: 60_000_000_000n,
  s: 1_000_000_000n,
  ms: 1_000_000n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ns: 1n,
};

/** Throws CelError on anything that is neither a time nor a day. */
export function parseTimestamp(text: string): Date {
  const time = rfc3339.test(text) || date.test(text) ? new Date(text) : undefined;
  if (!time || Number.isNaN(time.getTime())) throw evaluationError(`parsing time ${JSON.stringify(text)}: invalid timestamp`);
  return time;
}

/** Whole seconds as upstream prints them; a fraction only where there is one. */
export const formatRfc3339 = (time: Date): string => time.toISOString().replace(/\.?0*Z$/, 'Z');

/** Throws CelError on what Go's time.ParseDuration refuses. */
export function parseDuration(text: string): Duration {
  const negative = text.startsWith('-');
  let rest = text.replace(/^[+-]/, '');
  if (rest === '0') return new Duration(0n);
  let nanos = 0n;
  if (!goDuration.test(text)) throw evaluationError(`time: invalid duration ${JSON.stringify(text)}`);
  while (rest !== '') {
    const part = /^(\d*)\.?(\d*)(h|ms|m|s|us|µs|μs|ns)/.exec(rest);
    const [whole, digits = '', fraction = '', unit = ''] = part ?? [];
    const scale = nanosOf[unit];
    if (whole === undefined || scale === undefined || digits + fraction === '')
      throw evaluationError(`time: invalid duration ${JSON.stringify(text)}`);
    nanos += (BigInt(digits + fraction) * scale) / 10n ** BigInt(fraction.length);
    rest = rest.slice(whole.length);
  }
  const signed = negative ? -nanos : nanos;
  return new Duration(signed / 1_000_000_000n, Number(signed % 1_000_000_000n));
}

/** What the library lacks of CEL's standard conversions, and its lax reading of times made strict. */
export function registerTimestamps(env: Environment): void {
  const [timestamp, duration] = ['google.protobuf.Timestamp', 'google.protobuf.Duration'];
  const sync = { async: false };
  env
    .registerFunction(`t8s_timestamp(string): ${timestamp}`, parseTimestamp, sync)
    .registerFunction(`t8s_timestamp(${timestamp}): ${timestamp}`, (time: Date) => time, sync)
    .registerFunction(`t8s_timestamp(int): ${timestamp}`, (seconds: bigint) => new Date(Number(seconds) * 1000), sync)
    .registerFunction(`string(${timestamp}): string`, formatRfc3339, sync)
    .registerFunction(`int(${timestamp}): int`, (time: Date) => BigInt(Math.floor(time.getTime() / 1000)), sync)
    .registerFunction(`t8s_duration(string): ${duration}`, parseDuration, sync)
    .registerFunction(`t8s_duration(${duration}): ${duration}`, (span: Duration) => span, sync)
    .registerFunction(`string(${duration}): string`, (span: Duration) => span.toString(), sync);
}
