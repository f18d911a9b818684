import { quantityError, tryParseQuantity } from '@t8s/meta';
import { Failure } from './failure.ts';

/** `cpu=1,memory=1G` with its quantities in canonical text; undefined for ''. Fails in kubectl's words. */
export function amounts(text: string): Record<string, string> | undefined {
  if (text === '') return undefined;
  const pairs = text.split(',').map((pair): [string, string] => {
    const [name = '', value, ...more] = pair.split('=');
    if (value === undefined || more.length > 0) throw new Failure(`error: Invalid argument syntax ${pair}, expected <resource>=<value>`);
    const quantity = tryParseQuantity(value);
    if (!quantity) throw new Failure(`error: ${quantityError}`);
    return [name, quantity.toString()];
  });
  return Object.fromEntries(pairs);
}
