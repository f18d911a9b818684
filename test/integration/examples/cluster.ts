/** RBAC, certificates, coordination, nodes, flow control, and what admission is told. */
import type { APIService } from '@t8s/api';
import type { Examples } from './example.ts';

/** openssl req -new -subj /O=dev/CN=jane */
const request =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIWE1IOENBUUF3SFRFTU1Bb0dBMVVFQ2d3RFpHVjJNUTB3Q3dZRFZRUUREQVJxWVc1bE1Ga3dFd1lIS29aSQp6ajBDQVFZSUtvWkl6ajBEQVFjRFFnQUVxUDROQXpkQVNpZXZBd0YrTk1RQUNqY2EvdEFnNnVpdUFoZXh5WnRaCmY5Y003YlJGRUFRS1FyWVFMdGJJbnNiWTNIcHNxcjhOUmlBZitJMWkyOVFKM3FBQU1Bb0dDQ3FHU000OUJBTUMKQTBnQU1FVUNJQTBMODF5OTA3bS91SjZtT2dMYitOT2MzQnJEY2pyVTFZNjV3a3hNeGVXZEFpRUE4RUkwLzRjcwpRaE1sS1JTdi8vbDRwY2NYbzJZNGIzaGZYU0hpN0JYa3Zsaz0KLS0tLS1FTkQgQ0VSVElGSUNBVEUgUkVRVUVTVC0tLS0tCg==';
const rules = [
  { apiGroups: [''], resources: ['pods', 'pods/log'], verbs: ['get', 'list'] },
  { apiGroups: ['apps'], resources: ['deployments'], resourceNames: ['web'], verbs: ['*'] },
];
const subjects = [
  { kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'jane' },
  { kind: 'ServiceAccount', name: 'default', namespace: 'default' },
];
const clusterRole = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' };

const fullWebhook = {
  name: 'full.example.com',
  clientConfig: { service: { namespace: 'default', name: 'hook', path: '/w', port: 8443 } },
  rules: [
    { operations: ['CREATE', 'UPDATE'], apiGroups: ['example.com'], apiVersions: ['*'], resources: ['things/*'], scope: 'Namespaced' },
  ],
  failurePolicy: 'Ignore',
  matchPolicy: 'Exact',
  namespaceSelector: { matchExpressions: [{ key: 'hooks', operator: 'Exists' }] },
  objectSelector: { matchLabels: { hooks: 'yes' } },
  sideEffects: 'NoneOnDryRun',
  timeoutSeconds: 2,
  admissionReviewVersions: ['v1', 'v1beta1'],
  matchConditions: [{ name: 'people', expression: '!request.userInfo.username.startsWith("system:")' }],
};

/** Matches nothing that is there. */
const elsewhere = { operations: ['CREATE', 'UPDATE'], apiGroups: ['elsewhere.example.com'], apiVersions: ['v1'], resources: ['things'] };

export const cluster: Examples = {
  'admissionregistration.k8s.io/v1/mutatingwebhookconfigurations': {
    minimal: {},
    full: { webhooks: [{ ...fullWebhook, reinvocationPolicy: 'IfNeeded' }] },
  },
  'admissionregistration.k8s.io/v1/validatingadmissionpolicies': {
    minimal: { spec: { matchConstraints: { resourceRules: [elsewhere] }, validations: [{ expression: 'true' }] } },
    full: {
      spec: {
        failurePolicy: 'Ignore',
        paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
        matchConstraints: {
          matchPolicy: 'Exact',
          namespaceSelector: { matchLabels: { a: 'b' } },
          objectSelector: { matchExpressions: [{ key: 'c', operator: 'Exists' }] },
          resourceRules: [{ ...elsewhere, resourceNames: ['a'], scope: 'Namespaced' }],
          excludeResourceRules: [elsewhere],
        },
        matchConditions: [{ name: 'humans', expression: "!request.userInfo.username.startsWith('system:')" }],
        variables: [{ name: 'limit', expression: 'int(params.data.limit)' }],
        validations: [
          { expression: 'object.spec.replicas <= variables.limit', message: 'too many', reason: 'Forbidden' },
          { expression: 'object.spec.replicas > 0', messageExpression: "'not ' + string(object.spec.replicas)" },
        ],
        auditAnnotations: [{ key: 'limit', valueExpression: 'string(variables.limit)' }],
      },
    },
  },
  'admissionregistration.k8s.io/v1/validatingadmissionpolicybindings': {
    minimal: { spec: { policyName: 'none', validationActions: ['Deny'] } },
    full: {
      spec: {
        policyName: 'none',
        validationActions: ['Warn', 'Audit'],
        paramRef: { name: 'limits', namespace: 'default', parameterNotFoundAction: 'Allow' },
        matchResources: { namespaceSelector: {}, objectSelector: {}, matchPolicy: 'Equivalent', resourceRules: [elsewhere] },
      },
    },
  },
  'admissionregistration.k8s.io/v1/validatingwebhookconfigurations': {
    minimal: {},
    full: { webhooks: [fullWebhook] },
  },
  'apiextensions.k8s.io/v1/customresourcedefinitions': {
    isSettled: (object) => JSON.stringify(object).includes('"reason":"InitialNamesAccepted"'),
    minimal: {
      metadata: { name: 'minimals.example.com' },
      spec: {
        group: 'example.com',
        names: { plural: 'minimals', kind: 'Minimal' },
        scope: 'Cluster',
        versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
      },
    },
    full: {
      metadata: { name: 'fulls.example.com' },
      spec: {
        group: 'example.com',
        names: { plural: 'fulls', singular: 'full', kind: 'Full', listKind: 'FullList', shortNames: ['fl'], categories: ['all'] },
        scope: 'Namespaced',
        preserveUnknownFields: false,
        conversion: { strategy: 'None' },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            deprecated: true,
            deprecationWarning: 'use v2',
            schema: {
              openAPIV3Schema: {
                type: 'object',
                required: ['spec'],
                properties: {
                  spec: {
                    type: 'object',
                    properties: {
                      size: { type: 'integer', minimum: 1, default: 3 },
                      kinds: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
                    },
                    'x-kubernetes-validations': [{ rule: 'self.size < 10', message: 'too large' }],
                  },
                  status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
                },
              },
            },
            subresources: {
              status: {},
              scale: { specReplicasPath: '.spec.size', statusReplicasPath: '.status.size', labelSelectorPath: '.status.selector' },
            },
            additionalPrinterColumns: [{ name: 'Size', type: 'integer', jsonPath: '.spec.size', priority: 1, description: 'its size' }],
            selectableFields: [{ jsonPath: '.spec.size' }],
          },
          {
            name: 'v2',
            served: true,
            storage: false,
            schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
          },
        ],
      },
    },
  },
  'apiregistration.k8s.io/v1/apiservices': {
    minimal: {
      metadata: { name: 'v1.minimal.example.com' },
      spec: { group: 'minimal.example.com', version: 'v1', groupPriorityMinimum: 100, versionPriority: 10 },
    },
    full: {
      metadata: { name: 'v1.full.example.com' },
      spec: {
        group: 'full.example.com',
        version: 'v1',
        groupPriorityMinimum: 100,
        versionPriority: 10,
        insecureSkipTLSVerify: true,
        service: { namespace: 'default', name: 'extension', port: 8443 },
      },
    },
    status: {
      conditions: [
        {
          type: 'Available',
          status: 'False',
          lastTransitionTime: '2026-01-02T03:04:05Z',
          reason: 'ServiceNotFound',
          message: 'service/extension in "default" is not present',
        },
      ],
    },
    isSettled: (object) => ((object as APIService).status?.conditions ?? []).length > 0,
  },
  'certificates.k8s.io/v1/certificatesigningrequests': {
    minimal: { spec: { request, signerName: 'example.com/any', usages: ['client auth'] } },
    full: {
      spec: {
        request,
        signerName: 'kubernetes.io/kube-apiserver-client',
        usages: ['digital signature', 'client auth'],
        expirationSeconds: 3600,
      },
    },
  },
  'coordination.k8s.io/v1/leases': {
    minimal: { spec: {} },
    full: {
      spec: {
        holderIdentity: 'one',
        leaseDurationSeconds: 15,
        acquireTime: '2026-01-01T00:00:00.000001Z',
        renewTime: '2026-01-01T00:00:10.000000Z',
        leaseTransitions: 2,
      },
    },
  },
  'flowcontrol.apiserver.k8s.io/v1/flowschemas': {
    minimal: { spec: { priorityLevelConfiguration: { name: 'exempt' } } },
    full: {
      spec: {
        priorityLevelConfiguration: { name: 'exempt' },
        matchingPrecedence: 900,
        distinguisherMethod: { type: 'ByUser' },
        rules: [
          {
            subjects: [
              { kind: 'User', user: { name: 'jane' } },
              { kind: 'Group', group: { name: 'dev' } },
              { kind: 'ServiceAccount', serviceAccount: { namespace: 'default', name: 'default' } },
            ],
            resourceRules: [{ verbs: ['get'], apiGroups: ['apps'], resources: ['deployments'], namespaces: ['default'] }],
            nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/healthz'] }],
          },
        ],
      },
    },
    status: {
      conditions: [
        { type: 'Dangling', status: 'False', lastTransitionTime: '2026-01-01T00:00:00Z', reason: 'Tested', message: 'a message' },
      ],
    },
  },
  'flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations': {
    minimal: { spec: { type: 'Limited', limited: { limitResponse: { type: 'Reject' } } } },
    full: {
      spec: {
        type: 'Limited',
        limited: {
          nominalConcurrencyShares: 10,
          lendablePercent: 50,
          borrowingLimitPercent: 200,
          limitResponse: { type: 'Queue', queuing: { queues: 16, handSize: 4, queueLengthLimit: 10 } },
        },
      },
    },
    status: {
      conditions: [{ type: 'Tested', status: 'False', lastTransitionTime: '2026-01-01T00:00:00Z', reason: 'Tested', message: 'a message' }],
    },
  },
  'node.k8s.io/v1/runtimeclasses': {
    minimal: { handler: 'runc' },
    full: {
      handler: 'kata',
      overhead: { podFixed: { cpu: '250m', memory: '120Mi' } },
      scheduling: { nodeSelector: { sandbox: 'yes' }, tolerations: [{ key: 'sandbox', operator: 'Exists', effect: 'NoSchedule' }] },
    },
  },
  'rbac.authorization.k8s.io/v1/clusterrolebindings': { minimal: { roleRef: clusterRole }, full: { roleRef: clusterRole, subjects } },
  'rbac.authorization.k8s.io/v1/clusterroles': {
    minimal: {},
    full: {
      rules: [...rules, { nonResourceURLs: ['/metrics', '/logs/*'], verbs: ['get'] }],
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: { 'example.com/aggregate': 'nothing-has-this' } }] },
    },
  },
  'rbac.authorization.k8s.io/v1/rolebindings': {
    minimal: { roleRef: clusterRole },
    full: { roleRef: { ...clusterRole, kind: 'Role' }, subjects },
  },
  'rbac.authorization.k8s.io/v1/roles': { minimal: {}, full: { rules } },
};
