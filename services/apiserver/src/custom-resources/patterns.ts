import type { Pattern } from '@t8s/api';
import { RE2JS } from 're2js';

/** Reads a pattern in Go's syntax; no text takes it longer than its length. */
export function readGoPattern(text: string): Pattern | Error {
  try {
    const pattern = RE2JS.compile(text);
    return (value) => pattern.matcher(value).find();
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
}
