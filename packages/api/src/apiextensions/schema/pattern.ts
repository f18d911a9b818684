/** A regular expression that has been read: whether it is found anywhere in a text. */
export type Pattern = (text: string) => boolean;

/** Reads a pattern, or says what is wrong with it. */
export type ReadPattern = (text: string) => Pattern | Error;

let reader: ReadPattern = readAsScript;

/**
 * Says how the patterns of schemas are read from now on. They are in Go's syntax and meet any text that clients send: who holds
 * objects to them must use an engine that takes no longer than the text is. Until then they are read as JavaScript's, which will do
 * for all who only look.
 */
export function usePatterns(read: ReadPattern): void {
  reader = read;
  patterns.clear();
}

const patterns = new Map<string, Pattern | Error>();

/** Read once. */
export function readPattern(text: string): Pattern | Error {
  const known = patterns.get(text);
  if (known) return known;
  if (patterns.size > 1024) patterns.clear();
  const pattern = reader(text);
  patterns.set(text, pattern);
  return pattern;
}

function readAsScript(text: string): Pattern | Error {
  try {
    const pattern = new RegExp(text, 'u');
    return (value) => pattern.test(value);
  } catch (error) {
    if (error instanceof SyntaxError) return error;
    throw error;
  }
}

/** Whether the pattern is found anywhere in `text`; one that cannot be read is in nothing. */
export function matchesPattern(pattern: string, text: string): boolean {
  const read = readPattern(pattern);
  return !(read instanceof Error) && read(text);
}
