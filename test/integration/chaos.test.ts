/** Fifty deployments roll while the controller manager and the scheduler are killed again and again. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { deploymentKind, namespaceKind, type Pod, podKind, serviceAccountKind } from '@t8s/api';
import { sleep } from '@t8s/async';
import { Informer } from '@t8s/informer';
import { silentLogger } from '@t8s/telemetry';
import { eventually } from '@t8s/testkit';
import { startWorkloads, type Workloads } from './workload-clients.ts';

const namespace = 'chaos';
const names = Array.from({ length: 50 }, (_, i) => `app-${i}`);
const replicas = 3;
const rollingUpdate = { maxSurge: 1, maxUnavailable: 1 };
const killsPerRollout = 3;
/** A kill comes so long after the controllers were seen at work, at most. Milliseconds. */
const killAfter = 3000;

let workloads: Workloads;
before(async () => {
  workloads = await startWorkloads({ nodes: 10, startMs: 500 });
});
after(() => workloads.stop());

test('they end in the right state, and have never fewer pods available than maxUnavailable allows', async () => {
  const { cluster, restart } = workloads;
  const { admin } = cluster.api;
  const deployments = admin.resource(deploymentKind);
  await admin.resource(namespaceKind).create({ metadata: { name: namespace }, spec: {} });
  await eventually(() => admin.resource(serviceAccountKind).get({ namespace, name: 'default' }), 20_000);
  const app = (pod: Pod): string[] => [pod.metadata.labels?.['app'] ?? ''];
  const pods = new Informer({ client: admin, kind: podKind, namespace, log: silentLogger, indexers: { app } });
  const end = new AbortController();
  const watching = pods.run(end.signal);
  const spec = (image: string, labels: object) => ({ metadata: { labels }, spec: { containers: [{ name: 'c', image }] } });
  await Promise.all(
    names.map((name) =>
      deployments.create({
        metadata: { namespace, name },
        spec: {
          replicas,
          strategy: { rollingUpdate },
          selector: { matchLabels: { app: name } },
          template: spec('v1', { app: name }) as object,
        },
      }),
    ),
  );
  const rolledOut = async (image: string): Promise<void> => {
    const { items } = await deployments.list({ namespace });
    for (const { metadata, status } of items)
      assert.deepEqual(
        [status?.observedGeneration, status?.replicas, status?.updatedReplicas, status?.availableReplicas],
        [metadata.generation, replicas, replicas, replicas],
        metadata.name,
      );
    const images = pods.list().map((pod) => pod.spec.containers[0]?.image);
    assert.deepEqual(images, Array(names.length * replicas).fill(image));
  };
  await eventually(() => rolledOut('v1'), 60_000);

  let fewest = replicas;
  const isAvailable = ({ metadata, status }: Pod): boolean =>
    metadata.deletionTimestamp === undefined &&
    status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true;
  // The events come in the order of the writes: nothing between two of them is missed.
  let changes = 0;
  const look = (pod: Pod): void => {
    changes += 1;
    fewest = Math.min(fewest, pods.byIndex('app', pod.metadata.labels?.['app'] ?? '').filter(isAvailable).length);
  };
  pods.addHandler({ added: look, updated: look, deleted: look });
  for (const image of ['v2', 'v3']) {
    const body = { spec: { template: { spec: { containers: [{ name: 'c', image }] } } } };
    await Promise.all(names.map((name) => deployments.patch({ namespace, name }, { type: 'strategic', body })));
    for (let kill = 0; kill < killsPerRollout; kill++) {
      const before = changes;
      const isOver = (): boolean => pods.list().every((pod) => pod.spec.containers[0]?.image === image);
      // However slow the machine is: each has done something before it is killed.
      await eventually(() => assert.ok(changes > before || isOver()), 20_000);
      await sleep(killAfter * Math.random());
      await restart();
    }
  }
  await eventually(() => rolledOut('v3'), 60_000);
  assert.ok(fewest >= replicas - rollingUpdate.maxUnavailable, `${fewest} available`);
  assert.ok(pods.list().every((pod) => pod.spec.nodeName));
  end.abort();
  await watching;
});
