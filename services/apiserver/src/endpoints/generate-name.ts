/** Letters of generated names: no vowels, so that they spell nothing (apimachinery's rand). */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789';

/** Five random characters; nothing secret hangs on them. */
export function randomSuffix(): string {
  let suffix = '';
  for (let i = 0; i < 5; i++) suffix += alphabet[Math.floor(Math.random() * alphabet.length)];
  return suffix;
}
