/** Which plain scalars YAML 1.1, as go-yaml v2 has it, takes for something else than text. */

const cased = (word: string): string[] => [word, word.charAt(0).toUpperCase() + word.slice(1), word.toUpperCase()];
const words = new Set([
  ...['y', 'Y', 'n', 'N', '~', '<<', '.nan', '.NaN', '.NAN'],
  ...['yes', 'no', 'true', 'false', 'on', 'off', 'null'].flatMap(cased),
  ...['', '+', '-'].flatMap((sign) => ['.inf', '.Inf', '.INF'].map((word) => sign + word)),
]);
const date = /^\d{4}-\d{1,2}-\d{1,2}([Tt ]\d{1,2}:\d{1,2}:\d{1,2}(\.\d*)?(\s*(Z|[+-]\d{1,2}(:\d{2})?))?)?$/;
const integer = /^[-+]?(0|[1-9][0-9]*|0[0-7]+|0[oO][0-7]+|0[xX][0-9a-fA-F]+|0[bB][01]+)$/;
const float = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const base60 = /^[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?$/;

export function resolvesToText(text: string): boolean {
  if (text === '' || words.has(text)) return false;
  if (!/^[-+.\d]/.test(text)) return true;
  const digits = text.replaceAll('_', '');
  return !(date.test(text) || integer.test(digits) || float.test(digits) || base60.test(text));
}
