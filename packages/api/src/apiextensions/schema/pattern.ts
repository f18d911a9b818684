import { RE2JS } from 're2js';

const patterns = new Map<string, RE2JS | Error>();

/** A regular expression in Go's syntax, of which no text takes longer than its length; or what is wrong with it. Read once. */
export function readPattern(text: string): RE2JS | Error {
  const known = patterns.get(text);
  if (known) return known;
  if (patterns.size > 1024) patterns.clear();
  const pattern = compile(text);
  patterns.set(text, pattern);
  return pattern;
}

function compile(text: string): RE2JS | Error {
  try {
    return RE2JS.compile(text);
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
}

/** Whether the pattern is found anywhere in `text`; one that cannot be read is in nothing. */
export function matchesPattern(pattern: string, text: string): boolean {
  const read = readPattern(pattern);
  return !(read instanceof Error) && read.matcher(text).find();
}
