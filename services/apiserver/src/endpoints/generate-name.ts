import { randomInt } from 'node:crypto';

/** Letters of generated names: no vowels, so that they spell nothing (apimachinery's rand). */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789';

/** Five random characters. */
export function randomSuffix(): string {
  return Array.from({ length: 5 }, () => alphabet[randomInt(alphabet.length)]).join('');
}
