/** batch, autoscaling, policy and scheduling. */
import type { Examples } from './example.ts';
import { fullPodSpec, minimalPodSpec } from './pod-spec.ts';

const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
const jobTemplate = { spec: { ...minimalPodSpec, restartPolicy: 'Never' } };
/** Pods of jobs end: nothing restarts them for ever. */
const fullJobSpec = {
  parallelism: 2,
  completions: 4,
  activeDeadlineSeconds: 600,
  backoffLimitPerIndex: 1,
  maxFailedIndexes: 2,
  completionMode: 'Indexed',
  suspend: true,
  ttlSecondsAfterFinished: 60,
  podReplacementPolicy: 'Failed',
  podFailurePolicy: {
    rules: [
      { action: 'FailJob', onExitCodes: { containerName: 'main', operator: 'In', values: [42, 43] } },
      { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
    ],
  },
  successPolicy: { rules: [{ succeededIndexes: '0-1', succeededCount: 1 }] },
  template: { metadata: { labels: { app: 'job' } }, spec: { ...fullPodSpec, restartPolicy: 'Never' } },
};

export const workloads: Examples = {
  'autoscaling/v1/horizontalpodautoscalers': {
    minimal: { spec: { scaleTargetRef, maxReplicas: 3 } },
    full: { spec: { scaleTargetRef, minReplicas: 2, maxReplicas: 5, targetCPUUtilizationPercentage: 70 } },
    status: {
      observedGeneration: 1,
      lastScaleTime: '2026-01-01T00:00:00Z',
      currentReplicas: 2,
      desiredReplicas: 3,
      currentCPUUtilizationPercentage: 80,
    },
  },
  'autoscaling/v2/horizontalpodautoscalers': {
    minimal: { spec: { scaleTargetRef, maxReplicas: 3 } },
    full: {
      spec: {
        scaleTargetRef,
        minReplicas: 2,
        maxReplicas: 5,
        metrics: [
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } },
          {
            type: 'ContainerResource',
            containerResource: { name: 'memory', container: 'main', target: { type: 'AverageValue', averageValue: '100Mi' } },
          },
          {
            type: 'Pods',
            pods: {
              metric: { name: 'rps', selector: { matchLabels: { verb: 'GET' } } },
              target: { type: 'AverageValue', averageValue: '1k' },
            },
          },
          {
            type: 'Object',
            object: {
              describedObject: { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', name: 'web' },
              metric: { name: 'hits' },
              target: { type: 'Value', value: '2k' },
            },
          },
          { type: 'External', external: { metric: { name: 'queue' }, target: { type: 'AverageValue', averageValue: '30' } } },
        ],
        behavior: {
          scaleDown: { stabilizationWindowSeconds: 60, selectPolicy: 'Min', policies: [{ type: 'Pods', value: 4, periodSeconds: 60 }] },
          scaleUp: { stabilizationWindowSeconds: 0, selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] },
        },
      },
    },
    status: {
      observedGeneration: 1,
      lastScaleTime: '2026-01-01T00:00:00Z',
      currentReplicas: 2,
      desiredReplicas: 3,
      currentMetrics: [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 80, averageValue: '200m' } } }],
      conditions: [
        { type: 'AbleToScale', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z', reason: 'Tested', message: 'a message' },
      ],
    },
  },
  'batch/v1/cronjobs': {
    minimal: { spec: { schedule: '* * * * *', jobTemplate: { spec: { template: jobTemplate } } } },
    full: {
      spec: {
        schedule: '*/5 1-3 * * MON',
        timeZone: 'Etc/UTC',
        startingDeadlineSeconds: 10,
        concurrencyPolicy: 'Forbid',
        suspend: true,
        successfulJobsHistoryLimit: 1,
        failedJobsHistoryLimit: 0,
        jobTemplate: { metadata: { labels: { app: 'job' } }, spec: fullJobSpec },
      },
    },
    status: {
      lastScheduleTime: '2026-01-01T00:00:00Z',
      lastSuccessfulTime: '2026-01-01T00:00:00Z',
      active: [{ kind: 'Job', namespace: 'default', name: 'j', apiVersion: 'batch/v1' }],
    },
  },
  'batch/v1/jobs': { minimal: { spec: { template: jobTemplate } }, full: { spec: fullJobSpec } },
  'policy/v1/poddisruptionbudgets': {
    minimal: { spec: {} },
    full: {
      spec: {
        maxUnavailable: '30%',
        selector: { matchLabels: { app: 'budgeted' }, matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['back'] }] },
        unhealthyPodEvictionPolicy: 'AlwaysAllow',
      },
    },
    status: {
      observedGeneration: 1,
      disruptionsAllowed: 1,
      currentHealthy: 3,
      desiredHealthy: 2,
      expectedPods: 3,
      disruptedPods: { web: '2026-01-01T00:00:00Z' },
      conditions: [
        { type: 'DisruptionAllowed', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z', reason: 'Tested', message: 'a message' },
      ],
    },
  },
  'scheduling.k8s.io/v1/priorityclasses': {
    minimal: { value: 0 },
    full: { value: -10, description: 'after all others', preemptionPolicy: 'Never' },
  },
};
