/** RE2, as the specification asks: matching takes time linear in the text, whatever the pattern. */
import type { Environment } from '@marcbachmann/cel-js';
import { RE2JS } from 're2js';
import { evaluationError } from '../cel-error.ts';

/** Compiled patterns: expressions use the same few over and over. */
const known = new Map<string, RE2JS>();
const maxKnown = 500;

/** Throws CelError on what is no RE2 pattern. */
export function readPattern(pattern: string): RE2JS {
  const seen = known.get(pattern);
  if (seen) return seen;
  try {
    const expression = RE2JS.compile(pattern);
    if (known.size >= maxKnown) known.clear();
    known.set(pattern, expression);
    return expression;
  } catch (error) {
    throw evaluationError((error as Error).message);
  }
}

const matches = (text: string, pattern: string): boolean => readPattern(pattern).matcher(text).find();

function findAll(text: string, pattern: string, limit = -1n): string[] {
  const matcher = readPattern(pattern).matcher(text);
  const found: string[] = [];
  while ((limit < 0n || found.length < limit) && matcher.find()) found.push(matcher.group() ?? '');
  return found;
}

/** `find` and `findAll` of Kubernetes beside CEL's own `matches`. */
export function registerRegularExpressions(env: Environment): void {
  const sync = { async: false };
  env
    .registerFunction('string.t8s_matches(string): bool', matches, sync)
    .registerFunction('t8s_matches(string, string): bool', matches, sync)
    .registerFunction('string.find(string): string', (text: string, pattern: string) => findAll(text, pattern, 1n)[0] ?? '', sync)
    .registerFunction('string.findAll(string): list<string>', (text: string, pattern: string) => findAll(text, pattern), sync)
    .registerFunction('string.findAll(string, int): list<string>', findAll, sync);
}
