/** Label selectors as people write them: `app=web,tier in (a,b)`. */
import type { LabelSelector } from '@t8s/meta';

export function formatSelector(selector: LabelSelector | undefined): string {
  if (!selector) return '<none>';
  const words: Record<string, (key: string, values: readonly string[]) => string> = {
    In: (key, values) => `${key} in (${[...values].sort().join(',')})`,
    NotIn: (key, values) => `${key} notin (${[...values].sort().join(',')})`,
    Exists: (key) => key,
    DoesNotExist: (key) => `!${key}`,
  };
  const parts = [
    ...Object.entries(selector.matchLabels ?? {}).map(([key, value]) => ({ key, text: `${key}=${value}` })),
    ...(selector.matchExpressions ?? []).map(({ key, operator, values = [] }) => ({ key, text: words[operator]?.(key, values) ?? '' })),
  ];
  return (
    parts
      .sort((a, b) => (a.key < b.key ? -1 : 1))
      .map(({ text }) => text)
      .join(',') || '<none>'
  );
}
