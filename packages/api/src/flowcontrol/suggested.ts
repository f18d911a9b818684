/** The schemas and levels that upstream gives a cluster to begin with (v1.34); administrators may change them. */
import type { FlowcontrolSubject, FlowSchemaSpec, PolicyRulesWithSubjects, PriorityLevelConfigurationSpec } from '../generated/types.ts';
import { allRequests, groups } from './mandatory.ts';

/** The server keeps such an object's spec as it is here, until somebody sets this to false. */
export const autoUpdateAnnotation = 'apf.kubernetes.io/autoupdate-spec';

const user = (name: string): FlowcontrolSubject => ({ kind: 'User', user: { name } });
const systemAccount = (name: string): FlowcontrolSubject => ({
  kind: 'ServiceAccount',
  serviceAccount: { name, namespace: 'kube-system' },
});

const nodes = groups('system:nodes');
const everybody = groups('system:unauthenticated', 'system:authenticated');
const controllerManager = user('system:kube-controller-manager');
const scheduler = user('system:kube-scheduler');

const keeping = (apiGroup: string, resource: string): Omit<PolicyRulesWithSubjects, 'subjects'> => ({
  resourceRules: [{ verbs: ['get', 'create', 'update'], apiGroups: [apiGroup], resources: [resource], namespaces: ['*'] }],
});
const leases = keeping('coordination.k8s.io', 'leases');
const ownNode: Omit<PolicyRulesWithSubjects, 'subjects'> = {
  resourceRules: [
    { verbs: ['*'], apiGroups: [''], resources: ['nodes', 'nodes/status'], clusterScope: true, namespaces: ['*'] },
    { verbs: ['*'], apiGroups: ['coordination.k8s.io'], resources: ['leases'], namespaces: ['*'] },
  ],
};
const probes = { nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/healthz', '/readyz', '/livez'] }] };

interface Flow {
  to: string;
  precedence: number;
  /** What requests are told apart by. */
  by?: 'ByUser' | 'ByNamespace';
  of: FlowcontrolSubject[];
  /** All requests unless said. */
  what?: Omit<PolicyRulesWithSubjects, 'subjects'>;
}

const schema = ({ to, precedence, by, of, what = allRequests }: Flow): FlowSchemaSpec => ({
  priorityLevelConfiguration: { name: to },
  matchingPrecedence: precedence,
  ...(by && { distinguisherMethod: { type: by } }),
  rules: [{ subjects: of, ...what }],
});

export const suggestedFlowSchemas: Readonly<Record<string, FlowSchemaSpec>> = {
  probes: schema({ to: 'exempt', precedence: 2, of: everybody, what: probes }),
  'system-leader-election': schema({
    to: 'leader-election',
    precedence: 100,
    by: 'ByUser',
    of: [controllerManager, scheduler, systemAccount('*')],
    what: leases,
  }),
  'endpoint-controller': schema({
    to: 'workload-high',
    precedence: 150,
    by: 'ByUser',
    of: [controllerManager, systemAccount('endpoint-controller'), systemAccount('endpointslicemirroring-controller')],
    what: keeping('', 'endpoints'),
  }),
  'workload-leader-election': schema({
    to: 'leader-election',
    precedence: 200,
    by: 'ByUser',
    of: [systemAccount('*')],
    what: leases,
  }),
  'system-node-high': schema({ to: 'node-high', precedence: 400, by: 'ByUser', of: nodes, what: ownNode }),
  'system-nodes': schema({ to: 'system', precedence: 500, by: 'ByUser', of: nodes }),
  'kube-controller-manager': schema({ to: 'workload-high', precedence: 800, by: 'ByNamespace', of: [controllerManager] }),
  'kube-scheduler': schema({ to: 'workload-high', precedence: 800, by: 'ByNamespace', of: [scheduler] }),
  'kube-system-service-accounts': schema({ to: 'workload-high', precedence: 900, by: 'ByNamespace', of: [systemAccount('*')] }),
  'service-accounts': schema({ to: 'workload-low', precedence: 9000, by: 'ByUser', of: groups('system:serviceaccounts') }),
  'global-default': schema({ to: 'global-default', precedence: 9900, by: 'ByUser', of: everybody }),
};

const level = (shares: number, lendablePercent: number, queues: number, handSize: number): PriorityLevelConfigurationSpec => ({
  type: 'Limited',
  limited: {
    nominalConcurrencyShares: shares,
    lendablePercent,
    limitResponse: { type: 'Queue', queuing: { queues, handSize, queueLengthLimit: 50 } },
  },
});

export const suggestedPriorityLevels: Readonly<Record<string, PriorityLevelConfigurationSpec>> = {
  system: level(30, 33, 64, 6),
  'node-high': level(40, 25, 64, 6),
  'leader-election': level(10, 0, 16, 4),
  'workload-high': level(40, 50, 128, 6),
  'workload-low': level(100, 90, 128, 6),
  'global-default': level(20, 50, 128, 6),
};
