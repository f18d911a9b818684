/** Kubernetes' quantities in expressions. */
import type { Environment } from '@marcbachmann/cel-js';
import { Quantity, quantityError, tryParseQuantity } from '@t8s/meta';
import { evaluationError } from '../cel-error.ts';

const type = 'kubernetes.Quantity';
const nanos = 1_000_000_000n;

function quantity(text: string): Quantity {
  const parsed = tryParseQuantity(text);
  if (!parsed) throw evaluationError(quantityError);
  return parsed;
}

const isInteger = ({ nano }: Quantity): boolean => nano % nanos === 0n && BigInt.asIntN(64, nano / nanos) === nano / nanos;

function asInteger(value: Quantity): bigint {
  if (!isInteger(value)) throw evaluationError('cannot convert value to integer');
  return value.nano / nanos;
}

export function registerQuantity(env: Environment): void {
  const sync = { async: false };
  const number = (n: bigint): Quantity => new Quantity(n * nanos);
  env
    .registerType(type, { ctor: Quantity })
    .registerOperator(`${type} == ${type}`, (a: Quantity, b: Quantity) => a.compare(b) === 0)
    .registerFunction('isQuantity(string): bool', (text: string) => tryParseQuantity(text) !== undefined, sync)
    .registerFunction(`quantity(string): ${type}`, quantity, sync)
    .registerFunction(`${type}.sign(): int`, ({ nano }: Quantity) => (nano > 0n ? 1n : nano < 0n ? -1n : 0n), sync)
    .registerFunction(`${type}.isInteger(): bool`, isInteger, sync)
    .registerFunction(`${type}.asInteger(): int`, asInteger, sync)
    .registerFunction(`${type}.asApproximateFloat(): double`, ({ nano }: Quantity) => Number(nano) / 1e9, sync)
    .registerFunction(`${type}.isGreaterThan(${type}): bool`, (a: Quantity, b: Quantity) => a.compare(b) > 0, sync)
    .registerFunction(`${type}.isLessThan(${type}): bool`, (a: Quantity, b: Quantity) => a.compare(b) < 0, sync)
    .registerFunction(`${type}.compareTo(${type}): int`, (a: Quantity, b: Quantity) => BigInt(a.compare(b)), sync)
    .registerFunction(`${type}.add(${type}): ${type}`, (a: Quantity, b: Quantity) => a.add(b), sync)
    .registerFunction(`${type}.add(int): ${type}`, (a: Quantity, b: bigint) => a.add(number(b)), sync)
    .registerFunction(`${type}.sub(${type}): ${type}`, (a: Quantity, b: Quantity) => a.sub(b), sync)
    .registerFunction(`${type}.sub(int): ${type}`, (a: Quantity, b: bigint) => a.sub(number(b)), sync);
}
