/** A HorizontalPodAutoscaler on a real apiserver and controller manager; a kubelet that counts stands for the nodes. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { deploymentKind, eventKind, horizontalPodAutoscalerKind, podKind } from '@t8s/api';
import type { Client } from '@t8s/client';
import { formatTime } from '@t8s/meta';
import { eventually } from '@t8s/testkit';
import { type ControllerManager, startControllerManager } from './controller-manager.ts';
import { type CountingKubelet, startCountingKubelet } from './counting-kubelet.ts';
import { type Cluster, startCluster } from './harness.ts';
import { kubectlOf } from './kubectl-of.ts';

let cluster: Cluster;
let admin: Client;
let manager: ControllerManager;
let kubelet: CountingKubelet;
const ref = { namespace: 'default', name: 'web' };

before(async () => {
  cluster = await startCluster();
  admin = cluster.api.admin;
  kubelet = await startCountingKubelet(cluster);
  const flags = ['--horizontal-pod-autoscaler-sync-period=1s', '--horizontal-pod-autoscaler-downscale-stabilization=1s'];
  manager = await startControllerManager(cluster, flags);
});
after(async () => {
  kubelet?.stop();
  await manager?.stop();
  await cluster?.stop();
});

/** What a scheduler and a kubelet would do. */
async function runPods(): Promise<void> {
  const startTime = formatTime(Date.now() - 3_600_000);
  const { items } = await admin.resource(podKind).list({ namespace: 'default' });
  for (const pod of items.filter(({ spec }) => !spec.nodeName)) {
    const { name = '' } = pod.metadata;
    const target = { apiVersion: 'v1', kind: 'Node', name: kubelet.node };
    await admin.resource(podKind).createSubresource({ ...ref, name }, 'binding', { metadata: { name }, target });
    const conditions = [{ type: 'Ready', status: 'True', lastTransitionTime: startTime }];
    const bound = await admin.resource(podKind).get({ ...ref, name });
    await admin.resource(podKind).updateStatus({ ...bound, status: { phase: 'Running', startTime, conditions } });
  }
}

const scaledTo = (wanted: number): Promise<void> =>
  eventually(async () => {
    await runPods();
    assert.equal((await admin.resource(deploymentKind).get(ref)).spec.replicas, wanted);
  }, 40_000);

test('busy pods get company, idle ones go; kubectl shows what was measured', async () => {
  const kubectl = await kubectlOf(cluster);
  const containers = [{ name: 'c', image: 'i', resources: { requests: { cpu: '100m' } } }];
  const labels = { app: 'web' };
  await admin.resource(deploymentKind).create({
    metadata: ref,
    spec: { replicas: 1, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
  });
  await kubectl(['autoscale', 'deployment', 'web', '--min=1', '--max=5', '--cpu-percent=50']);
  kubelet.use('c', 0.15);
  await scaledTo(3);
  kubelet.use('c', 0.01);
  await scaledTo(1);
  const { items } = await admin.resource(eventKind).list({ namespace: 'default', fieldSelector: 'reason=SuccessfulRescale' });
  // On the way down it may stop where a reading has still some of the busy time in it.
  const messages = items.map(({ message }) => message);
  assert.equal(messages[0], 'New size: 3; reason: cpu resource utilization (percentage of request) above target');
  assert.equal(messages.at(-1), 'New size: 1; reason: All metrics below target');
  await eventually(async () => {
    await runPods();
    assert.match(await kubectl(['get', 'hpa', 'web', '--no-headers']), /^web +Deployment\/web +(cpu: )?10%\/50% +1 +5 +1 /);
  }, 40_000);
  const { status } = await admin.resource(horizontalPodAutoscalerKind).get(ref);
  assert.deepEqual(
    status?.conditions?.map(({ type, status: value }) => `${type}=${value}`),
    ['AbleToScale=True', 'ScalingActive=True', 'ScalingLimited=False'],
  );
});
