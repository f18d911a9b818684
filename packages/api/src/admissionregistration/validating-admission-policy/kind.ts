import { ageColumn, nameColumn } from '../../columns.ts';
import type { ValidatingAdmissionPolicy } from '../../generated/types.ts';
import { countSpecChanges } from '../../generation.ts';
import { keepFields } from '../../keep-fields.ts';
import { defineKind, ownMetadata } from '../../kind.ts';
import { defaultMatchResources } from '../match-rules.ts';
import { policyLists } from '../policy-lists.ts';
import { validatePolicy, validatePolicyStatus } from './validate.ts';

export const validatingAdmissionPolicyKind = defineKind<ValidatingAdmissionPolicy>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingAdmissionPolicy',
  resource: 'validatingadmissionpolicies',
  singular: 'validatingadmissionpolicy',
  categories: ['api-extensions'],
  namespaced: false,
  schema: 'ValidatingAdmissionPolicy',
  subresources: { status: { keeps: ownMetadata, validate: validatePolicyStatus } },
  lists: policyLists,
  columns: [
    nameColumn,
    {
      name: 'Validations',
      type: 'integer',
      description: 'Validations indicates the number of validation rules defined in this configuration',
      cell: ({ spec }) => (spec.validations ?? []).length,
    },
    {
      name: 'ParamKind',
      type: 'string',
      description: 'ParamKind specifies the kind of resources used to parameterize this policy',
      cell: ({ spec: { paramKind } }) => (paramKind ? `${paramKind.apiVersion}/${paramKind.kind}` : '<unset>'),
    },
    ageColumn,
  ],
  strategy: {
    unconditionalUpdate: false,
    defaults({ spec }) {
      spec.failurePolicy ??= 'Fail';
      if (spec.matchConstraints) defaultMatchResources(spec.matchConstraints);
    },
    prepareForCreate(policy) {
      policy.status = {};
      policy.metadata.generation = 1;
    },
    prepareForUpdate(policy, old) {
      keepFields(policy, old, ['status']);
      countSpecChanges(policy, old);
    },
    validate: validatePolicy,
  },
});
