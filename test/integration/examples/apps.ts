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
  },
  'apps/v1/replicasets': {
    minimal: { spec: { selector, template } },
    full: { spec: { replicas: 2, minReadySeconds: 1, selector: fullSelector, template: fullTemplate } },
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
  },
};
