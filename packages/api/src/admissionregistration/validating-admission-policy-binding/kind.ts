import { ageColumn, nameColumn } from '../../columns.ts';
import type { ValidatingAdmissionPolicyBinding } from '../../generated/types.ts';
import { countSpecChanges } from '../../generation.ts';
import { defineKind } from '../../kind.ts';
import { defaultMatchResources } from '../match-rules.ts';
import { validateBinding } from './validate.ts';

export const validatingAdmissionPolicyBindingKind = defineKind<ValidatingAdmissionPolicyBinding>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingAdmissionPolicyBinding',
  resource: 'validatingadmissionpolicybindings',
  singular: 'validatingadmissionpolicybinding',
  categories: ['api-extensions'],
  namespaced: false,
  schema: 'ValidatingAdmissionPolicyBinding',
  columns: [
    nameColumn,
    {
      name: 'PolicyName',
      type: 'string',
      description: 'PolicyName indicates the policy definition which the policy binding binded to',
      cell: ({ spec }) => spec.policyName ?? '',
    },
    {
      name: 'ParamRef',
      type: 'string',
      description: 'ParamRef indicates the param resource which sets the configration param',
      cell: ({ spec: { paramRef } }) =>
        paramRef ? [paramRef.namespace, paramRef.name ?? ''].filter((part) => part !== undefined).join('/') : '<unset>',
    },
    ageColumn,
  ],
  strategy: {
    unconditionalUpdate: false,
    defaults({ spec }) {
      if (spec.matchResources) defaultMatchResources(spec.matchResources);
    },
    prepareForCreate({ metadata }) {
      metadata.generation = 1;
    },
    prepareForUpdate(binding, old) {
      countSpecChanges(binding, old);
    },
    validate: validateBinding,
  },
});
