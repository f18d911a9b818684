/** Several messages as one, in apimachinery's form of an aggregate: `a`, or `[a, b]`. */
export const aggregate = (messages: readonly string[]): string =>
  messages.length === 1 ? (messages[0] ?? '') : `[${messages.join(', ')}]`;
