import { ageColumn, nameColumn } from '../../columns.ts';
import type { IngressClass } from '../../generated/types.ts';
import { countSpecChanges } from '../../generation.ts';
import { defineKind } from '../../kind.ts';
import { immutable } from '../../object-meta/validate.ts';
import { validateIngressClass } from './validate.ts';

export const ingressClassKind = defineKind<IngressClass>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IngressClass',
  resource: 'ingressclasses',
  singular: 'ingressclass',
  namespaced: false,
  schema: 'IngressClass',
  columns: [
    nameColumn,
    {
      name: 'Controller',
      type: 'string',
      description: 'Controller that is responsible for handling this class',
      cell: ({ spec }) => spec.controller ?? '',
    },
    {
      name: 'Parameters',
      type: 'string',
      description: 'A reference to a resource with additional parameters',
      cell: ({ spec: { parameters } }) =>
        parameters
          ? `${parameters.kind}${parameters.apiGroup === undefined ? '' : `.${parameters.apiGroup}`}/${parameters.name}`
          : '<none>',
    },
    ageColumn,
  ],
  strategy: {
    defaults({ spec }) {
      if (spec.parameters) spec.parameters.scope ??= 'Cluster';
    },
    prepareForCreate({ metadata }) {
      metadata.generation = 1;
    },
    prepareForUpdate: countSpecChanges,
    validate: validateIngressClass,
    validateUpdate: ({ spec }, old) => immutable('spec.controller', spec.controller ?? '', old.spec.controller),
  },
});
