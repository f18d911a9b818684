import { type KubeObject, parseQuantity, Quantity } from '@t8s/meta';
import type { Column } from '../kind.ts';

type Usage = Readonly<Record<string, string>>;

/** CPU, memory and window as metrics-server prints them. */
export function usageColumns<T extends KubeObject & { window: string }>(usages: (object: T) => Usage[]): Column<T>[] {
  const sum = (name: string): Column<T> => ({
    name,
    type: 'string',
    description: `Usage of ${name}.`,
    cell: (object) =>
      usages(object)
        .map((usage) => parseQuantity(usage[name] ?? '0'))
        .reduce((all, one) => all.add(one), Quantity.of(0))
        .toString(),
  });
  return [
    sum('cpu'),
    sum('memory'),
    { name: 'Window', type: 'string', description: 'Time over which the usage was measured.', cell: ({ window }) => window },
  ];
}
