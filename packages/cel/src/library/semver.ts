/** Kubernetes' semver library (https://semver.org, 2.0.0); precedence as the specification has it, builds ignored. */
import type { Environment } from '@marcbachmann/cel-js';
import { evaluationError } from '../cel-error.ts';

const pattern = /^(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?$/;

class Semver {
  readonly numbers: readonly bigint[];
  readonly pre: readonly string[];
  readonly #text: string;

  constructor(text: string, [, major = '', minor = '', patch = '', pre]: readonly (string | undefined)[]) {
    this.numbers = [major, minor, patch].map(BigInt);
    this.pre = pre?.split('.') ?? [];
    this.#text = text;
  }

  compare(other: Semver): bigint {
    for (const [i, number] of this.numbers.entries()) {
      const order = compare(number, other.numbers[i] ?? 0n);
      if (order !== 0n) return order;
    }
    // A version before a release has less precedence than the release.
    if (this.pre.length === 0 || other.pre.length === 0) return compare(other.pre.length > 0 ? 1n : 0n, this.pre.length > 0 ? 1n : 0n);
    for (const [i, part] of this.pre.entries()) {
      const its = other.pre[i];
      const order = its === undefined ? 1n : compareParts(part, its);
      if (order !== 0n) return order;
    }
    return this.pre.length < other.pre.length ? -1n : 0n;
  }

  equals(other: Semver): boolean {
    return this.compare(other) === 0n;
  }

  toString(): string {
    return this.#text;
  }
}

const compare = <T extends bigint | string>(a: T, b: T): bigint => (a < b ? -1n : a > b ? 1n : 0n);

/** Numbers come before words. */
function compareParts(a: string, b: string): bigint {
  const [isNumber, isOther] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (isNumber && isOther) return compare(BigInt(a), BigInt(b));
  if (isNumber !== isOther) return isNumber ? -1n : 1n;
  return compare(a, b);
}

function tryParse(text: string): Semver | undefined {
  const match = pattern.exec(text);
  if (!match) return undefined;
  const [, major = '', minor = '', patch = '', pre = ''] = match;
  const padded = (number: string): boolean => number.length > 1 && number.startsWith('0');
  if ([major, minor, patch].some(padded) || pre.split('.').some((part) => /^\d+$/.test(part) && padded(part))) return undefined;
  return new Semver(text, match);
}

/** `v1.02` → `1.2.0`: without a leading v and zeros, with all three numbers. */
function normalized(text: string): string {
  const [, numbers = '', rest = ''] = /^v?([\d.]*)(.*)$/.exec(text) ?? [];
  const [major = '', minor = '0', patch = '0', ...more] = numbers.split('.').map((number) => number.replace(/^0+(?=\d)/, ''));
  return `${[major, minor, patch, ...more].join('.')}${rest}`;
}

function parse(text: string): Semver {
  const version = tryParse(text);
  if (!version) throw evaluationError('Semver parse error during conversion from string: No Major.Minor.Patch elements found');
  return version;
}

export function registerSemver(env: Environment): void {
  const type = 'kubernetes.Semver';
  const sync = { async: false };
  const number = (i: number) => (version: Semver) => version.numbers[i] ?? 0n;
  env
    .registerType(type, { ctor: Semver })
    .registerOperator(`${type} == ${type}`, (a: Semver, b: Semver) => a.equals(b))
    .registerFunction(`semver(string): ${type}`, parse, sync)
    .registerFunction(`semver(string, bool): ${type}`, (text: string, normal: boolean) => parse(normal ? normalized(text) : text), sync)
    .registerFunction('isSemver(string): bool', (text: string) => tryParse(text) !== undefined, sync)
    .registerFunction(
      'isSemver(string, bool): bool',
      (text: string, normal: boolean) => tryParse(normal ? normalized(text) : text) !== undefined,
      sync,
    )
    .registerFunction(`${type}.major(): int`, number(0), sync)
    .registerFunction(`${type}.minor(): int`, number(1), sync)
    .registerFunction(`${type}.patch(): int`, number(2), sync)
    .registerFunction(`${type}.isGreaterThan(${type}): bool`, (a: Semver, b: Semver) => a.compare(b) > 0n, sync)
    .registerFunction(`${type}.isLessThan(${type}): bool`, (a: Semver, b: Semver) => a.compare(b) < 0n, sync)
    .registerFunction(`${type}.compareTo(${type}): int`, (a: Semver, b: Semver) => a.compare(b), sync);
}
