import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Deployment, deploymentKind, eventKind, horizontalPodAutoscalerKind, type MetricSpec, podKind } from '@t8s/api';
import { FakeClock } from '@t8s/async';
import { formatTime } from '@t8s/meta';
import { FakeClient } from '@t8s/testkit';
import { startControllers, type TestRun } from '../../test-context.ts';
import { type AutoscalerOptions, horizontalPodAutoscaler } from './controller.ts';

const options: AutoscalerOptions = {
  syncPeriod: 15_000,
  downscaleStabilization: 300_000,
  tolerance: 0.1,
  cpuInitializationPeriod: 300_000,
  initialReadinessDelay: 30_000,
};
const ref = { namespace: 'default', name: 'web' };
const cpu: MetricSpec = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } };

/** Answers for the metrics API: every pod uses `cpu` of the 100m it requests. */
class MeasuredClient extends FakeClient {
  cpu = '50m';
  /** What other metrics APIs answer, by path. */
  readonly answers: Record<string, object> = {};

  override async getJson<T>(path: string): Promise<T> {
    const answer = this.answers[path];
    if (answer) return answer as T;
    if (!path.startsWith('/apis/metrics.k8s.io/')) return super.getJson<T>(path);
    const { items } = await this.resource(podKind).list();
    const containers = [{ name: 'c', usage: { cpu: this.cpu } }];
    return { items: items.map(({ metadata }) => ({ metadata, timestamp: '2025-01-01T01:00:00Z', window: '15s', containers })) } as T;
  }
}

async function start(
  metrics: MetricSpec[] = [cpu],
  prepare: (client: MeasuredClient) => void = () => undefined,
): Promise<{ client: MeasuredClient; run: TestRun }> {
  const clock = new FakeClock(Date.UTC(2025, 0, 1, 1));
  const client = new MeasuredClient({ clock });
  prepare(client);
  const containers = [{ name: 'c', image: 'i', resources: { requests: { cpu: '100m' } } }];
  // The fake store has no Scale: the deployment stands for it.
  const status = { replicas: 2, selector: 'app=web' };
  const deployment = { metadata: ref, spec: { replicas: 2, selector: {}, template: { spec: { containers } } }, status };
  await client.resource(deploymentKind).create(deployment as unknown as Deployment);
  await client
    .resource(deploymentKind)
    .updateStatus({ ...(await client.resource(deploymentKind).get(ref)), status } as unknown as Deployment);
  for (const name of ['a', 'b']) {
    const pod = await client
      .resource(podKind)
      .create({ metadata: { name, namespace: 'default', labels: { app: 'web' } }, spec: { containers } });
    const startTime = formatTime(Date.UTC(2025, 0, 1));
    const conditions = [{ type: 'Ready', status: 'True', lastTransitionTime: startTime }];
    await client.resource(podKind).updateStatus({ ...pod, status: { phase: 'Running', startTime, conditions } });
  }
  await client.resource(horizontalPodAutoscalerKind).create({
    metadata: ref,
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, minReplicas: 1, maxReplicas: 10, metrics },
  });
  const run = await startControllers((context) => [horizontalPodAutoscaler(context, options)], { client, clock });
  await run.settle();
  return { client, run };
}

async function seen({ client }: { client: MeasuredClient }) {
  const { spec } = await client.resource(deploymentKind).get(ref);
  const { status } = await client.resource(horizontalPodAutoscalerKind).get(ref);
  const { items } = await client.resource(eventKind).list();
  return {
    replicas: spec.replicas,
    status,
    conditions: (status?.conditions ?? []).map(({ type, status: value, reason }) => `${type}=${value} ${reason}`),
    events: items.map(({ reason, message }) => `${reason}: ${message}`),
  };
}

test('on target nothing happens; above it there are more, and the status, conditions and an event say so', async () => {
  const { client, run } = await start();
  const calm = await seen({ client });
  assert.equal(calm.replicas, 2);
  assert.deepEqual(calm.conditions, [
    'AbleToScale=True ReadyForNewScale',
    'ScalingActive=True ValidMetricFound',
    'ScalingLimited=False DesiredWithinRange',
  ]);
  assert.deepEqual(calm.status?.currentMetrics, [
    { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 50, averageValue: '50m' } } },
  ]);
  client.cpu = '80m';
  await run.settle(16_000);
  const busy = await seen({ client });
  assert.deepEqual([busy.replicas, busy.status?.currentReplicas, busy.status?.desiredReplicas], [4, 2, 4]);
  assert.equal(busy.conditions[0], 'AbleToScale=True SucceededRescale');
  assert.deepEqual(busy.events, ['SuccessfulRescale: New size: 4; reason: cpu resource utilization (percentage of request) above target']);
  run.stop();
});

test('below it there are fewer, five minutes after the last time that was not so', async () => {
  const { client, run } = await start();
  client.cpu = '10m';
  await run.settle(60_000);
  assert.deepEqual(
    [(await seen({ client })).replicas, (await seen({ client })).conditions[0]],
    [2, 'AbleToScale=True ScaleDownStabilized'],
  );
  await run.settle(260_000);
  const { replicas, events } = await seen({ client });
  assert.deepEqual([replicas, events], [1, ['SuccessfulRescale: New size: 1; reason: All metrics below target']]);
  run.stop();
});

test('what can not be measured, and what can not be scaled, is said; one metric of several is enough to go up', async () => {
  const missing: MetricSpec = { type: 'Pods', pods: { metric: { name: 'requests' }, target: { type: 'AverageValue', averageValue: '5' } } };
  const failing = await start([missing]);
  const { replicas, conditions, status, events } = await seen(failing);
  assert.deepEqual([replicas, conditions[1]], [2, 'ScalingActive=False FailedGetPodsMetric']);
  assert.match(
    status?.conditions?.[1]?.message ?? '',
    /^the HPA was unable to compute the replica count: unable to get metric requests: unable to fetch metrics from custom metrics API: /,
  );
  assert.equal(events.length, 2);
  failing.run.stop();

  const { client, run } = await start([missing, cpu]);
  client.cpu = '100m';
  await run.settle(16_000);
  assert.equal((await seen({ client })).replicas, 4);
  const hpa = await client.resource(horizontalPodAutoscalerKind).get(ref);
  await client.resource(horizontalPodAutoscalerKind).update({
    ...hpa,
    spec: { ...hpa.spec, scaleTargetRef: { apiVersion: 'v1', kind: 'Pod', name: 'a' } },
  });
  await run.settle(16_000);
  const { conditions: after } = await seen({ client });
  assert.equal(after[0], 'AbleToScale=False FailedGetScale');
  run.stop();
});

test('two for the same pods scale nothing, until one of them goes', async () => {
  const { client, run } = await start();
  const hpas = client.resource(horizontalPodAutoscalerKind);
  const { spec } = await hpas.get(ref);
  await hpas.create({ metadata: { namespace: 'default', name: 'second' }, spec });
  client.cpu = '100m';
  await run.settle(31_000);
  const { replicas, conditions, status } = await seen({ client });
  assert.deepEqual([replicas, conditions[1]], [2, 'ScalingActive=False AmbiguousSelector']);
  assert.equal(status?.conditions?.[1]?.message, 'pods by selector app=web are controlled by multiple HPAs: [default/second default/web]');
  await hpas.delete({ namespace: 'default', name: 'second' });
  await run.settle(16_000);
  assert.equal((await seen({ client })).replicas, 4);
  run.stop();
});

test('metrics of pods, of an object and from outside, by value and by average', async () => {
  const custom = '/apis/custom.metrics.k8s.io';
  const target = (type: string, value: string) => (type === 'Value' ? { type, value } : { type, averageValue: value });
  const described = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
  const selector = { matchLabels: { queue: 'a' } };
  const cases: [MetricSpec, string, object[], number, object][] = [
    [
      { type: 'Pods', pods: { metric: { name: 'rps' }, target: target('AverageValue', '10') } },
      `${custom}/v1beta2/namespaces/default/pods/*/rps?labelSelector=app%3Dweb`,
      ['a', 'b'].map((name) => ({ describedObject: { name }, value: '20', timestamp: '2025-01-01T01:00:00Z' })),
      4,
      { averageValue: '20' },
    ],
    [
      { type: 'Object', object: { describedObject: described, metric: { name: 'hits' }, target: target('Value', '10') } },
      `${custom}/v1beta2/namespaces/default/deployments.apps/web/hits`,
      [{ value: '15', timestamp: '2025-01-01T01:00:00Z' }],
      3,
      { value: '15' },
    ],
    [
      { type: 'External', external: { metric: { name: 'jobs', selector }, target: target('AverageValue', '10') } },
      '/apis/external.metrics.k8s.io/v1beta1/namespaces/default/jobs?labelSelector=queue%3Da',
      [{ value: '25' }, { value: '10500m' }],
      4,
      { averageValue: '17750m' },
    ],
  ];
  for (const [spec, path, items, expected, current] of cases) {
    const { client, run } = await start([spec], (one) => {
      one.answers[custom] = { preferredVersion: { groupVersion: 'custom.metrics.k8s.io/v1beta2' } };
      one.answers[path] = { items };
    });
    await run.settle(16_000);
    const { replicas, status } = await seen({ client });
    assert.equal(replicas, expected, spec.type);
    assert.deepEqual(Object.values(status?.currentMetrics?.[0] ?? {}).find((one) => typeof one === 'object')?.current, current);
    run.stop();
  }
});
