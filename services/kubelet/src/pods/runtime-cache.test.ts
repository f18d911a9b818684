import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ContainerEvent, ContainerStatus, PodSandboxStatus, RuntimeService } from '@t8s/cri';
import { RuntimeCache } from './runtime-cache.ts';

const sandbox = {
  id: 's',
  state: 'SANDBOX_READY',
  createdAt: 1,
  metadata: { uid: 'u', name: 'p', namespace: 'd', attempt: 0 },
} as unknown as PodSandboxStatus;
const container = (id: string): ContainerStatus =>
  ({ id, state: 'CONTAINER_RUNNING', createdAt: 2, metadata: { name: 'c', attempt: 0 } }) as unknown as ContainerStatus;
const event = (containersStatuses: ContainerStatus[]): ContainerEvent =>
  ({
    containerId: 's',
    containerEventType: 'CONTAINER_STARTED_EVENT',
    podSandboxStatus: sandbox,
    containersStatuses,
  }) as unknown as ContainerEvent;

test('an event or answer from before a container was started does not make it be forgotten', async () => {
  const truth: ContainerStatus[] = [];
  let answered: (() => void) | undefined;
  const runtime = {
    podSandboxStatus: async () => {
      const containersStatuses = [...truth];
      await new Promise<void>((resolve) => {
        answered = resolve;
        setImmediate(resolve);
      });
      return { status: sandbox, containersStatuses };
    },
    listContainers: async () => ({ containers: [] }),
  } as unknown as RuntimeService;
  const cache = new RuntimeCache(runtime, () => undefined);
  await cache.refresh('s');
  const late = cache.refresh('s');
  truth.push(container('c1'));
  cache.setContainer('s', container('c1'));
  answered?.();
  await late;
  assert.deepEqual(
    cache.pod('u')?.containers.map((c) => c.id),
    ['c1'],
  );
  await cache.apply(event([]));
  assert.deepEqual(
    cache.pod('u')?.containers.map((c) => c.id),
    ['c1'],
  );
  truth.pop();
  await cache.apply(event([]));
  assert.deepEqual(cache.pod('u')?.containers, [], 'what is really gone is forgotten');
});
