import { duplicate, type FieldError, isDns1123Label } from '@t8s/meta';
import { ageColumn, nameColumn } from '../../columns.ts';
import { deprecatedLabel } from '../../core/node/deprecated-labels.ts';
import { validateOverhead } from '../../core/pod/validate-resources.ts';
import { validateTolerations } from '../../core/pod/validate-tolerations.ts';
import { invalidBy } from '../../field-checks.ts';
import type { RuntimeClass, Scheduling, Toleration } from '../../generated/types.ts';
import { defineKind } from '../../kind.ts';
import { immutable, validateLabels } from '../../object-meta/validate.ts';

export const runtimeClassKind = defineKind<RuntimeClass>({
  group: 'node.k8s.io',
  version: 'v1',
  kind: 'RuntimeClass',
  resource: 'runtimeclasses',
  singular: 'runtimeclass',
  namespaced: false,
  schema: 'RuntimeClass',
  lists: { 'Scheduling.tolerations': { listType: 'atomic' } },
  columns: [
    nameColumn,
    { name: 'Handler', type: 'string', description: 'Configuration of the container runtime.', cell: ({ handler }) => handler ?? '' },
    ageColumn,
  ],
  strategy: {
    unconditionalUpdate: false,
    validate: ({ handler = '', overhead, scheduling }) => [
      ...invalidBy('handler', handler, isDns1123Label(handler)),
      ...validateOverhead(overhead?.podFixed, 'overhead'),
      ...(scheduling ? validateScheduling(scheduling) : []),
    ],
    validateUpdate: ({ handler }, old) => immutable('handler', handler, old.handler),
    warnings: ({ scheduling }) =>
      Object.keys(scheduling?.nodeSelector ?? {}).flatMap((key) => {
        const message = deprecatedLabel(key);
        return message ? [`scheduling.nodeSelector: ${message}`] : [];
      }),
  },
});

function validateScheduling({ nodeSelector, tolerations = [] }: Scheduling): FieldError[] {
  const path = 'scheduling.tolerations';
  const key = ({ key = '', operator = '', value = '', effect = '' }: Toleration): string => JSON.stringify([key, operator, value, effect]);
  const keys = tolerations.map(key);
  return [
    ...validateLabels(nodeSelector, 'scheduling.nodeSelector'),
    ...validateTolerations(tolerations, path),
    ...tolerations.flatMap((toleration, i) => (keys.indexOf(key(toleration)) < i ? [duplicate(`${path}[${i}]`, toleration)] : [])),
  ];
}
