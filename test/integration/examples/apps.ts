import type { Examples } from './example.ts';
import { fullPodSpec, minimalPodSpec } from './pod-spec.ts';

const selector = { matchLabels: { app: 'web' } };
const template = { metadata: { labels: { app: 'web' } }, spec: minimalPodSpec };
const fullSelector = {
  matchLabels: { app: 'web' },
  matchExpressions: [
    { key: 'tier', operator: 'In', values: ['back', 'front'] },
    { key: 'old', operator: 'DoesNotExist' },
  ],
};
const fullTemplate = {
  metadata: { labels: { app: 'web', tier: 'front' }, annotations: { 'example.com/note': 'template' } },
  spec: fullPodSpec,
};
const claim = {
  metadata: { name: 'data', labels: { app: 'web' } },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, storageClassName: 'fast', volumeMode: 'Filesystem' },
};

export const apps: Examples = {
  'apps/v1/controllerrevisions': {
    minimal: { revision: 1, data: {} },
    full: { revision: 2, data: { spec: { template: { spec: { $patch: 'replace', containers: [{ name: 'c' }] } } } } },
  },
  'apps/v1/daemonsets': {
    minimal: { spec: { selector, template } },
    full: {
      spec: {
        selector: fullSelector,
        template: { ...fullTemplate, spec: { ...fullPodSpec, restartPolicy: 'Always' } },
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: '10%' } },
        minReadySeconds: 5,
        revisionHistoryLimit: 3,
      },
    },
    status: {
      currentNumberScheduled: 3,
      numberMisscheduled: 0,
      desiredNumberScheduled: 3,
      numberReady: 2,
      observedGeneration: 1,
      updatedNumberScheduled: 1,
      numberAvailable: 2,
      numberUnavailable: 1,
      conditions: [{ type: 'Tested', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z', reason: 'Tested', message: 'a message' }],
    },
  },
  'apps/v1/deployments': {
    minimal: { spec: { selector, template } },
    full: {
      spec: {
        replicas: 3,
        selector: fullSelector,
        template: fullTemplate,
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: '25%' } },
        minReadySeconds: 5,
        revisionHistoryLimit: 3,
        paused: true,
        progressDeadlineSeconds: 100,
      },
    },
    status: {
      observedGeneration: 1,
      replicas: 3,
      updatedReplicas: 2,
      readyReplicas: 2,
      availableReplicas: 1,
      unavailableReplicas: 2,
      terminatingReplicas: 1,
      conditions: [
        {
          ...{ type: 'Available', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z', reason: 'Tested', message: 'a message' },
          lastUpdateTime: '2026-01-01T00:00:00Z',
        },
      ],
    },
  },
  'apps/v1/replicasets': {
    minimal: { spec: { selector, template } },
    full: { spec: { replicas: 2, minReadySeconds: 1, selector: fullSelector, template: fullTemplate } },
    status: {
      replicas: 2,
      fullyLabeledReplicas: 2,
      readyReplicas: 1,
      availableReplicas: 1,
      observedGeneration: 1,
      conditions: [
        { type: 'ReplicaFailure', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z', reason: 'Tested', message: 'a message' },
      ],
    },
  },
  'apps/v1/statefulsets': {
    minimal: { spec: { selector, template } },
    full: {
      spec: {
        replicas: 3,
        selector: fullSelector,
        template: fullTemplate,
        serviceName: 'web',
        podManagementPolicy: 'Parallel',
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } },
        revisionHistoryLimit: 3,
        minReadySeconds: 5,
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Retain' },
        ordinals: { start: 1 },
        volumeClaimTemplates: [claim],
      },
    },
    status: {
      observedGeneration: 1,
      replicas: 3,
      readyReplicas: 2,
      currentReplicas: 1,
      updatedReplicas: 2,
      currentRevision: 'web-1',
      updateRevision: 'web-2',
      availableReplicas: 2,
      conditions: [{ type: 'Tested', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z', reason: 'Tested', message: 'a message' }],
    },
  },
};
