import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { Container, Pod } from '@t8s/api';
import { FakeClock } from '@t8s/async';
import type { ContainerStatus } from '@t8s/cri';
import { probeRunner } from './probe-runner.ts';
import { Prober } from './prober.ts';

const pod: Pod = { metadata: { name: 'p', uid: 'u' }, spec: { containers: [] } };

test('startup holds the others back; thresholds decide; a failed liveness probe is final', async () => {
  const clock = new FakeClock();
  const tries: string[] = [];
  const answers: Record<string, boolean> = { startup: false, live: true, ready: false };
  const events: string[] = [];
  let changes = 0;
  const prober = new Prober({
    clock,
    changed: () => changes++,
    unhealthy: (_, __, message) => events.push(message),
    run: async (probe) => {
      const name = probe.exec?.command?.[0] ?? '';
      tries.push(name);
      return { ok: answers[name] === true, output: 'out' };
    },
  });
  const container: Container = {
    name: 'app',
    image: 'x',
    startupProbe: { exec: { command: ['startup'] }, periodSeconds: 1, failureThreshold: 30 },
    livenessProbe: { exec: { command: ['live'] }, periodSeconds: 10, failureThreshold: 2 },
    readinessProbe: { exec: { command: ['ready'] }, periodSeconds: 5, successThreshold: 2 },
  };
  const status = { id: 'c', startedAt: clock.now() * 1e6 } as ContainerStatus;
  prober.add({ pod, container, status, podIp: '10.0.0.1' });
  await clock.advance(2500);
  assert.deepEqual([prober.started('c'), prober.ready('c'), new Set(tries).size], [false, false, 1]);
  assert.equal(events[0], 'Startup probe failed: out');
  answers['startup'] = true;
  await clock.advance(1000);
  assert.equal(prober.started('c'), true);
  answers['ready'] = true;
  await clock.advance(5000);
  assert.equal(prober.ready('c'), false, 'one success of two');
  await clock.advance(5000);
  assert.equal(prober.ready('c'), true);
  answers['live'] = false;
  await clock.advance(10_000);
  assert.equal(prober.failed('c'), undefined, 'one failure of two');
  await clock.advance(10_000);
  assert.equal(prober.failed('c'), 'Liveness');
  const count = tries.filter((t) => t === 'live').length;
  await clock.advance(60_000);
  assert.equal(tries.filter((t) => t === 'live').length, count, 'no more tries');
  prober.remove('c');
  await clock.advance(60_000);
  assert.equal(clock.pending, 0, 'nothing left ticking');
  assert.ok(changes >= 3);
});

test('http, tcp and exec, and the words of their failures', async () => {
  const server = createServer((request, response) => response.writeHead(request.headers['x-a'] === 'b' ? 204 : 503).end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const run = probeRunner({
    execSync: async ({ cmd }) => ({ stdout: Buffer.from('o'), stderr: Buffer.from('e'), exitCode: cmd[0] === 'true' ? 0 : 1 }),
  });
  const target = { pod, container: 'app', containerId: 'c', podIp: '127.0.0.1' };
  const output = async (probe: Parameters<typeof run>[0]): Promise<unknown> => {
    const result = await run(probe, target);
    return result.ok || result.output;
  };
  assert.equal(await output({ httpGet: { port, httpHeaders: [{ name: 'X-A', value: 'b' }] } }), true);
  assert.equal(await output({ httpGet: { port } }), 'HTTP probe failed with statuscode: 503');
  assert.equal(await output({ tcpSocket: { port } }), true);
  server.close();
  server.closeAllConnections();
  assert.equal(
    await output({ httpGet: { port, path: '/x' } }),
    `Get "http://127.0.0.1:${port}/x": dial tcp 127.0.0.1:${port}: connect: connection refused`,
  );
  assert.equal(await output({ tcpSocket: { port } }), `dial tcp 127.0.0.1:${port}: connect: connection refused`);
  assert.equal(await output({ exec: { command: ['true'] } }), true);
  assert.equal(await output({ exec: { command: ['false'] } }), 'oe');
});
