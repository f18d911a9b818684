/** The schemas and levels without which flow control has no answer; every cluster has them as they are here (KEP-1040). */
import type { FlowcontrolSubject, FlowSchemaSpec, PolicyRulesWithSubjects, PriorityLevelConfigurationSpec } from '../generated/types.ts';

const all = ['*'];

export const groups = (...names: string[]): FlowcontrolSubject[] => names.map((name) => ({ kind: 'Group', group: { name } }));

export const allRequests: Omit<PolicyRulesWithSubjects, 'subjects'> = {
  resourceRules: [{ verbs: all, apiGroups: all, resources: all, clusterScope: true, namespaces: all }],
  nonResourceRules: [{ verbs: all, nonResourceURLs: all }],
};

export const mandatoryFlowSchemas: Readonly<Record<string, FlowSchemaSpec>> = {
  exempt: {
    priorityLevelConfiguration: { name: 'exempt' },
    matchingPrecedence: 1,
    rules: [{ subjects: groups('system:masters'), ...allRequests }],
  },
  'catch-all': {
    priorityLevelConfiguration: { name: 'catch-all' },
    matchingPrecedence: 10_000,
    distinguisherMethod: { type: 'ByUser' },
    rules: [{ subjects: groups('system:unauthenticated', 'system:authenticated'), ...allRequests }],
  },
};

export const mandatoryPriorityLevels: Readonly<Record<string, PriorityLevelConfigurationSpec>> = {
  exempt: { type: 'Exempt', exempt: { nominalConcurrencyShares: 0, lendablePercent: 0 } },
  'catch-all': { type: 'Limited', limited: { nominalConcurrencyShares: 5, lendablePercent: 0, limitResponse: { type: 'Reject' } } },
};
