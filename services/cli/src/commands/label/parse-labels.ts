import { isLabelValue, isQualifiedName } from '@t8s/meta';
import { Failure } from '../failure.ts';

/** `a=b,c=d` as a map. Fails in kubectl's words. */
export function parseLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const pair of text.split(',')) {
    const [key = '', value, ...rest] = pair.split('=');
    if (value === undefined || rest.length > 0) throw new Failure(`error: unexpected label spec: ${pair}`);
    const [wrong] = [...isQualifiedName(key), ...isLabelValue(value)];
    if (wrong !== undefined) throw new Failure(`error: invalid label spec: ${wrong}`);
    labels[key] = value;
  }
  return labels;
}
