import type { KubeObject } from '@t8s/meta';
import type { SelectableField } from '../../generated/types.ts';
import { stepsOf, valueAt } from './simple-path.ts';

/** What field selectors may name: `spec.color` of the path `.spec.color`. Fields that are not there are empty. */
export function customSelectableFields(fields: readonly SelectableField[] = []): (object: KubeObject) => Record<string, string> {
  const paths = fields.map(({ jsonPath }) => stepsOf(jsonPath));
  return (object) =>
    Object.fromEntries(
      paths.map((steps) => {
        const value = valueAt(object, steps);
        return [steps.join('.'), value === undefined || value === null ? '' : String(value)];
      }),
    );
}
