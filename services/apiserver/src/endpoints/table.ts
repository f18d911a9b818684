/** Server-side tables: what `kubectl get` prints. https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables */
import { ageColumn, type Column, type Kind, nameColumn } from '@t8s/api';
import type { KubeObject, ListMeta } from '@t8s/meta';

/** How much of each object goes with its row: `includeObject`. */
export type IncludeObject = 'None' | 'Metadata' | 'Object';

interface TableRow {
  cells: (string | number | boolean | null)[];
  object?: object;
}

const defaultColumns: readonly Column<KubeObject>[] = [nameColumn, ageColumn];

export function tableHead(kind: Kind): { kind: 'Table'; apiVersion: 'meta.k8s.io/v1'; columnDefinitions: object[] } {
  const columnDefinitions = (kind.columns ?? defaultColumns).map(({ name, type, format = '', description, priority = 0 }) => ({
    name,
    type: type === 'date' ? 'date' : type,
    format,
    description,
    priority,
  }));
  return { kind: 'Table', apiVersion: 'meta.k8s.io/v1', columnDefinitions };
}

export function tableRow(kind: Kind, object: KubeObject, include: IncludeObject, now: number): TableRow {
  const cells = (kind.columns ?? defaultColumns).map((column) => column.cell(object, now));
  if (include === 'None') return { cells };
  return { cells, object: include === 'Object' ? object : partialMetadata(object) };
}

export function table(kind: Kind, objects: readonly KubeObject[], metadata: ListMeta, include: IncludeObject): object {
  const now = Date.now();
  return { ...tableHead(kind), metadata, rows: objects.map((object) => tableRow(kind, object, include, now)) };
}

export function partialMetadata({ metadata }: KubeObject): object {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata };
}

export function includeObject(query: URLSearchParams): IncludeObject {
  const value = query.get('includeObject');
  return value === 'None' || value === 'Object' ? value : 'Metadata';
}
