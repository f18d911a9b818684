import { humanDuration, JsonPathError, JsonPathTemplate, type KubeObject, parseTime } from '@t8s/meta';
import { nameColumn } from '../../columns.ts';
import type { CustomResourceColumnDefinition } from '../../generated/types.ts';
import type { Column } from '../../kind.ts';
import { sortedJson } from '../sorted-json.ts';

type Definition = CustomResourceColumnDefinition;

const ageDefinition: Definition = {
  name: 'Age',
  type: 'date',
  description: 'When the object was created.',
  jsonPath: '.metadata.creationTimestamp',
};

/** The name, and what the definition asks for (the age unless it asks for anything); columns end at a path that can't be read. */
export function customColumns(definitions: readonly Definition[] = []): Column<KubeObject>[] {
  const columns: Column<KubeObject>[] = [nameColumn];
  for (const definition of definitions.length > 0 ? definitions : [ageDefinition]) {
    const path = readPath(definition.jsonPath);
    if (!path) break;
    columns.push(customColumn(definition, path));
  }
  return columns;
}

function readPath(jsonPath: string): JsonPathTemplate | undefined {
  try {
    return new JsonPathTemplate(`{${jsonPath}}`);
  } catch (error) {
    if (error instanceof JsonPathError) return undefined;
    throw error;
  }
}

function customColumn({ name, type, format, description, jsonPath, priority }: Definition, path: JsonPathTemplate): Column<KubeObject> {
  const cell = cells[type] ?? (() => null);
  return {
    name,
    type: type as Column<KubeObject>['type'],
    ...(format && { format: format as NonNullable<Column<KubeObject>['format']> }),
    description: description || `Custom resource definition column (in JSONPath format): ${jsonPath}`,
    ...(priority && { priority }),
    cell(object, now) {
      const [value] = path.values(object);
      return value === undefined || value === null ? null : cell(value, now);
    },
  };
}

type Cell = string | number | boolean | null;

/** Values of another type than the column's leave it empty; only text takes all. */
const cells: Record<string, (value: unknown, now: number) => Cell> = {
  string: (value) => (typeof value === 'object' ? sortedJson(value) : String(value)),
  integer: (value) => (typeof value === 'number' ? Math.trunc(value) : null),
  number: (value) => (typeof value === 'number' ? value : null),
  boolean: (value) => (typeof value === 'boolean' ? value : null),
  date(value, now) {
    if (typeof value !== 'string') return null;
    if (value === '' || value === 'null') return '<unknown>';
    const time = parseTime(value);
    return time === undefined ? '<invalid>' : humanDuration(now - time);
  },
};
