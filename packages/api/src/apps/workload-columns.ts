/** The wide columns of everything that has a pod template. */
import { type KubeObject, type LabelSelector, StatusError, toSelector } from '@t8s/meta';
import type { PodTemplateSpec } from '../generated/types.ts';
import type { Column } from '../kind.ts';

type Workload = KubeObject & { spec?: { selector?: LabelSelector; template?: PodTemplateSpec } };

const containers = (object: Workload): { name: string; image?: string }[] => object.spec?.template?.spec?.containers ?? [];

export const workloadColumns: readonly Column<Workload>[] = [
  {
    name: 'Containers',
    type: 'string',
    priority: 1,
    description: 'Names of each container in the template.',
    cell: (object) =>
      containers(object)
        .map((container) => container.name)
        .join(','),
  },
  {
    name: 'Images',
    type: 'string',
    priority: 1,
    description: 'Images referenced by each container in the template.',
    cell: (object) =>
      containers(object)
        .map((container) => container.image ?? '')
        .join(','),
  },
  {
    name: 'Selector',
    type: 'string',
    priority: 1,
    description: 'Label selector of the pods.',
    cell: (object) => formatSelector(object.spec?.selector),
  },
];

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
