import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import type Docker from 'dockerode';
import { DockerStreams } from './docker-streams.ts';

test('who attaches to a container that has just ended is told so, and does not wait', async () => {
  const stream = new PassThrough();
  const container = { attach: async () => stream, inspect: async () => ({ State: { Running: false } }) };
  const streams = new DockerStreams({ getContainer: () => container } as unknown as Docker);
  const attached = streams.attach({ containerId: 'c', tty: false }, { stdout: async () => undefined, signal: AbortSignal.timeout(5000) });
  await assert.rejects(attached, { message: 'container not running (c)' });
  assert.ok(stream.destroyed);
});
