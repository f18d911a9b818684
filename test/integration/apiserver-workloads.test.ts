/** Workload kinds through the real apiserver on a real etcd: what only the whole way shows. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { horizontalPodAutoscalerKind, horizontalPodAutoscalerV1Kind, jobKind, podDisruptionBudgetKind } from '@t8s/api';
import type { Client } from '@t8s/client';
import { isStatus } from '@t8s/meta';
import { type Cluster, startCluster } from './harness.ts';

let cluster: Cluster;
let admin: Client;
before(async () => {
  cluster = await startCluster();
  admin = cluster.api.admin;
});
after(() => cluster.stop());

const ref = (name: string): { namespace: string; name: string } => ({ namespace: 'default', name });

test('a job selects its pods by its UID; deleted without a policy it orphans them', async () => {
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } };
  const job = await admin.resource(jobKind).create({ metadata: ref('j'), spec: { template } });
  const { uid = '' } = job.metadata;
  assert.deepEqual(job.spec.selector?.matchLabels, { 'batch.kubernetes.io/controller-uid': uid });
  assert.equal(job.spec.template.metadata?.labels?.['batch.kubernetes.io/controller-uid'], uid);
  await admin.resource(jobKind).delete(ref('j'));
  assert.deepEqual((await admin.resource(jobKind).get(ref('j'))).metadata.finalizers, ['orphan']);
  await admin.resource(jobKind).delete(ref('j'), { propagationPolicy: 'Background' });
  await assert.rejects(admin.resource(jobKind).get(ref('j')), (error) => isStatus(error, 'NotFound'));
});

test('an autoscaler is one object in two versions', async () => {
  const v1 = admin.resource(horizontalPodAutoscalerV1Kind);
  const v2 = admin.resource(horizontalPodAutoscalerKind);
  const target = { type: 'AverageValue', averageValue: '5k' };
  const pods = { type: 'Pods', pods: { metric: { name: 'm' }, target } };
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' };
  await v2.create({ metadata: ref('h'), spec: { scaleTargetRef, maxReplicas: 5, metrics: [pods] } });
  const read = await v1.get(ref('h'));
  assert.equal(read.apiVersion, 'autoscaling/v1');
  await v1.update({ ...read, spec: { ...read.spec, targetCPUUtilizationPercentage: 40 } });
  const { metadata, spec } = await v2.get(ref('h'));
  const cpu = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 40 } } };
  assert.deepEqual([metadata.annotations, spec.metrics], [undefined, [pods, cpu]]);
  assert.deepEqual(
    (await v1.list({ namespace: 'default' })).items.map((hpa) => hpa.spec.targetCPUUtilizationPercentage),
    [40],
  );
});

test('what a body lacks is refused in words, not by a crash', async () => {
  for (const path of [
    '/apis/apps/v1/namespaces/default/statefulsets',
    '/apis/batch/v1/namespaces/default/cronjobs',
    '/api/v1/namespaces/default/pods',
  ])
    for (const spec of [{}, { template: { spec: {} } }, { containers: [{ ports: [{}], env: [{}], volumeMounts: [{}] }], volumes: [{}] }])
      await assert.rejects(admin.request({ method: 'POST', path, body: JSON.stringify({ metadata: { name: 'x' }, spec }) }), (error) =>
        isStatus(error, 'Invalid'),
      );
});

test('an update of a budget says which version it means', async () => {
  const budgets = admin.resource(podDisruptionBudgetKind);
  const budget = await budgets.create({ metadata: ref('b'), spec: { minAvailable: 1 } });
  await assert.rejects(budgets.update({ ...budget, metadata: ref('b') }), {
    message: 'poddisruptionbudgets.policy "b" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update',
  });
  assert.equal((await budgets.update({ ...budget, spec: { minAvailable: 2 } })).metadata.generation, 2);
});
