/** Letters of generated names: no vowels, so that they spell nothing (apimachinery's rand). */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789';

/** Five random characters; nothing secret hangs on them. */
export function randomSuffix(): string {
  let suffix = '';
  for (let i = 0; i < 5; i++) suffix += alphabet[Math.floor(Math.random() * alphabet.length)];
  return suffix;
}

/** Longest name a suffix is added to, so that the result stays a label. */
const maxBase = 63 - 5;

export const nameFrom = (generateName: string): string => generateName.slice(0, maxBase) + randomSuffix();
