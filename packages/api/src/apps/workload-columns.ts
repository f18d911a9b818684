/** The wide columns of everything that has a pod template. */
import { type KubeObject, type LabelSelector, StatusError, toSelector } from '@t8s/meta';
import type { Container, PodTemplateSpec } from '../generated/types.ts';
import type { Column } from '../kind.ts';

type Workload = KubeObject & { spec?: { selector?: LabelSelector; template?: PodTemplateSpec } };

export const workloadColumns: readonly Column<Workload>[] = [
  ...containerColumns<Workload>((object) => object.spec?.template),
  {
    name: 'Selector',
    type: 'string',
    priority: 1,
    description: 'Label selector of the pods.',
    cell: (object) => formatSelector(object.spec?.selector),
  },
];

/** The names and images of the containers in an object's pod template; `priority` 1 shows them with -o wide only. */
export function containerColumns<T extends KubeObject>(template: (object: T) => PodTemplateSpec | undefined, priority = 1): Column<T>[] {
  const each = (object: T, of: (container: Container) => string): string => (template(object)?.spec?.containers ?? []).map(of).join(',');
  return [
    {
      name: 'Containers',
      type: 'string',
      priority,
      description: 'Names of each container in the template.',
      cell: (object) => each(object, ({ name }) => name),
    },
    {
      name: 'Images',
      type: 'string',
      priority,
      description: 'Images referenced by each container in the template.',
      cell: (object) => each(object, ({ image = '' }) => image),
    },
  ];
}

/** A selector in a cell: its text form, `<none>` for one that is empty or absent. */
export function formatSelector(selector: LabelSelector | undefined): string {
  if (selector === undefined) return '<none>';
  try {
    return toSelector(selector).toString() || '<none>';
  } catch (error) {
    if (error instanceof StatusError) return '<error>';
    throw error;
  }
}

/** A column that shows a number of the object's spec or status. */
export function countColumn<T extends KubeObject>(options: {
  name: string;
  description: string;
  type?: 'integer' | 'string';
  of(object: T): number | undefined;
}): Column<T> {
  const { name, description, type = 'integer', of } = options;
  return { name, type, description, cell: (object) => of(object) ?? 0 };
}
