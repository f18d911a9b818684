/** What says on which nodes a pod may run. */
import type { PodSpec, Toleration } from '@t8s/api';
import type { Description } from './description.ts';
import { formatSelector } from './selector.ts';

export function describePlacement(to: Description, spec: Partial<PodSpec>, indent = ''): void {
  to.map(`${indent}Node-Selectors`, spec.nodeSelector);
  const tolerations = [...(spec.tolerations ?? [])].sort((a, b) => ((a.key ?? '') < (b.key ?? '') ? -1 : 1));
  if (tolerations.length === 0) to.line(0, `${indent}Tolerations:`, '<none>');
  for (const [i, toleration] of tolerations.entries()) to.line(0, i === 0 ? `${indent}Tolerations:` : '', tolerationText(toleration));
}

export function describeSpread(to: Description, { topologySpreadConstraints = [] }: Partial<PodSpec>, indent = ''): void {
  const sorted = [...topologySpreadConstraints].sort((a, b) => (a.topologyKey < b.topologyKey ? -1 : 1));
  for (const [i, { topologyKey, whenUnsatisfiable, maxSkew, labelSelector }] of sorted.entries())
    to.line(
      0,
      i === 0 ? `${indent}Topology Spread Constraints:` : '',
      `${topologyKey}:${whenUnsatisfiable} when max skew ${maxSkew} is exceeded${labelSelector ? ` for selector ${formatSelector(labelSelector)}` : ''}`,
    );
}

function tolerationText({ key = '', value = '', effect = '', operator, tolerationSeconds }: Toleration): string {
  const what = `${key}${value ? `=${value}` : ''}${effect ? `:${effect}` : ''}`;
  const how = operator === 'Exists' && value === '' ? `${what === '' ? '' : ' '}op=Exists` : '';
  return `${what}${how}${tolerationSeconds === undefined ? '' : ` for ${tolerationSeconds}s`}`;
}
