import { ageColumn, nameColumn } from '../../columns.ts';
import type { FlowSchema } from '../../generated/types.ts';
import { countSpecChanges } from '../../generation.ts';
import { keepFields } from '../../keep-fields.ts';
import { defineKind, ownMetadata } from '../../kind.ts';
import { validateConditions } from '../conditions.ts';
import { validateFlowSchema } from './validate.ts';

export const flowSchemaKind = defineKind<FlowSchema>({
  group: 'flowcontrol.apiserver.k8s.io',
  version: 'v1',
  kind: 'FlowSchema',
  resource: 'flowschemas',
  singular: 'flowschema',
  namespaced: false,
  schema: 'FlowSchema',
  subresources: { status: { keeps: ownMetadata, validate: validateConditions } },
  lists: {
    'FlowSchemaSpec.rules': { listType: 'atomic' },
    'PolicyRulesWithSubjects.subjects': { listType: 'atomic' },
    'PolicyRulesWithSubjects.resourceRules': { listType: 'atomic' },
    'PolicyRulesWithSubjects.nonResourceRules': { listType: 'atomic' },
    'ResourcePolicyRule.verbs': { listType: 'set' },
    'ResourcePolicyRule.apiGroups': { listType: 'set' },
    'ResourcePolicyRule.resources': { listType: 'set' },
    'ResourcePolicyRule.namespaces': { listType: 'set' },
    'NonResourcePolicyRule.verbs': { listType: 'set' },
    'NonResourcePolicyRule.nonResourceURLs': { listType: 'set' },
    'FlowSchemaStatus.conditions': { mergeKey: 'type', listType: 'map', mapKeys: ['type'] },
  },
  columns: [
    nameColumn,
    {
      name: 'PriorityLevel',
      type: 'string',
      description: '`name` is the name of the priority level configuration being referenced Required.',
      cell: ({ spec }) => spec.priorityLevelConfiguration?.name ?? '',
    },
    {
      name: 'MatchingPrecedence',
      type: 'string',
      description: '`matchingPrecedence` is used to choose among the FlowSchemas that match a given request.',
      cell: ({ spec }) => spec.matchingPrecedence ?? 0,
    },
    {
      name: 'DistinguisherMethod',
      type: 'string',
      description: '`distinguisherMethod` defines how to compute the flow distinguisher for requests that match this schema.',
      cell: ({ spec }) => spec.distinguisherMethod?.type ?? '<none>',
    },
    ageColumn,
    {
      name: 'MissingPL',
      type: 'string',
      description: 'references a broken or non-existent PriorityLevelConfiguration',
      cell: ({ status }) => status?.conditions?.find(({ type }) => type === 'Dangling')?.status ?? '?',
    },
  ],
  strategy: {
    defaults({ spec }) {
      spec.matchingPrecedence ||= 1000;
    },
    prepareForCreate(schema) {
      schema.status = {};
      schema.metadata.generation = 1;
    },
    prepareForUpdate(schema, old) {
      keepFields(schema, old, ['status']);
      countSpecChanges(schema, old);
    },
    validate: validateFlowSchema,
  },
});
