import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectCri } from './client.ts';
import type { ContainerEvent, ContainerStatus } from './container-messages.ts';
import { CriError, isCriError } from './cri-error.ts';
import { serveCri } from './server.ts';
import type { ImageService, RuntimeService } from './services.ts';

const status: ContainerStatus = {
  id: 'c1',
  metadata: { name: 'app', attempt: 3 },
  state: 'CONTAINER_EXITED',
  createdAt: 1_700_000_000_000_000_000,
  startedAt: 0,
  finishedAt: 0,
  exitCode: -1,
  image: { image: 'x', annotations: {}, userSpecifiedImage: '' },
  imageRef: 'sha256:1',
  imageId: 'sha256:1',
  reason: 'OOMKilled',
  message: '',
  labels: { 'io.kubernetes.pod.name': 'web' },
  annotations: {},
  mounts: [],
  logPath: '/l',
};

test('what one side sends over a socket the other side receives: messages, errors by code, a stream of events', async () => {
  const abort = new AbortController();
  const seen: unknown[] = [];
  const runtime = {
    containerStatus: async ({ containerId }: { containerId: string }) => {
      if (containerId !== 'c1') throw new CriError('NotFound', `no container ${containerId}`);
      return { status, info: {} };
    },
    createContainer: async (request: unknown) => {
      seen.push(request);
      return { containerId: 'c2' };
    },
    getContainerEvents: async function* (): AsyncGenerator<ContainerEvent> {
      yield { containerId: 'c1', containerEventType: 'CONTAINER_STOPPED_EVENT', createdAt: 5, containersStatuses: [status] };
    },
  } as unknown as RuntimeService;
  const images = { imageStatus: async () => ({ image: null, info: {} }) } as unknown as ImageService;
  const port = await serveCri({ runtime, images, endpoint: '127.0.0.1:0', signal: abort.signal });
  const client = await connectCri(`127.0.0.1:${port}`);
  try {
    const answer = await client.runtime.containerStatus({ containerId: 'c1' });
    assert.equal(answer.status.exitCode, -1);
    assert.equal(answer.status.state, 'CONTAINER_EXITED');
    assert.equal(answer.status.metadata.attempt, 3);
    assert.deepEqual(answer.status.labels, status.labels);
    await assert.rejects(
      client.runtime.containerStatus({ containerId: 'c9' }),
      (e) => isCriError(e, 'NotFound') && e.message === 'no container c9',
    );
    await assert.rejects(client.runtime.removeContainer({ containerId: 'c1' }), (e) => isCriError(e, 'Unimplemented'));
    assert.equal((await client.images.imageStatus({ image: { image: 'y' } })).image, null);

    await client.runtime.createContainer({
      podSandboxId: 's',
      config: {
        metadata: { name: 'app', attempt: 0 },
        image: { image: 'x' },
        linux: { securityContext: { runAsUser: { value: 0 }, namespaceOptions: { network: 'POD', pid: 'CONTAINER', ipc: 'POD' } } },
      },
    });
    const config = (seen[0] as { config: { linux: { securityContext: Record<string, unknown>; resources: unknown } } }).config;
    assert.deepEqual(config.linux.securityContext['runAsUser'], { value: 0 }, 'user 0 is not the same as no user');
    assert.equal(config.linux.securityContext['runAsGroup'], null);
    assert.equal(config.linux.resources, null);

    const events: ContainerEvent[] = [];
    for await (const event of client.runtime.getContainerEvents({})) events.push(event);
    assert.equal(events[0]?.containerEventType, 'CONTAINER_STOPPED_EVENT');
    assert.equal(events[0]?.containersStatuses[0]?.reason, 'OOMKilled');
  } finally {
    client.close();
    abort.abort();
  }
});
