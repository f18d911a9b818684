/** What an update changed that it may not: a line for each field, old under `-`, new under `+`. */
import { semanticEqual } from './semantic-equal.ts';

export function describeDifference(before: unknown, after: unknown, path: string): string {
  return lines(before, after, path).join('\n');
}

function lines(before: unknown, after: unknown, path: string): string[] {
  if (semanticEqual(before, after)) return [];
  if (isRecord(before) && isRecord(after)) {
    const inList = Array.isArray(before) && Array.isArray(after);
    if (Array.isArray(before) === Array.isArray(after))
      return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) =>
        lines(before[key], after[key], inList ? `${path}[${key}]` : `${path}.${key}`),
      );
  }
  return [
    ...(before === undefined ? [] : [`-${path}: ${JSON.stringify(before)}`]),
    ...(after === undefined ? [] : [`+${path}: ${JSON.stringify(after)}`]),
  ];
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
