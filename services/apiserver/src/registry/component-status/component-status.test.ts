import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { httpProbe } from './component-status.ts';

test('a component is well, unwell or away', async () => {
  let code = 200;
  const server = createServer((_, response) => void response.writeHead(code).end('ok'));
  const port = await new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
  );
  const probe = httpProbe(port);
  assert.deepEqual(await probe(), { status: 'True', message: 'ok' });
  code = 500;
  assert.deepEqual(await probe(), { status: 'False', message: 'HTTP probe failed with statuscode: 500' });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  assert.deepEqual(await probe(), {
    status: 'False',
    message: `Get "http://127.0.0.1:${port}/healthz": connect ECONNREFUSED 127.0.0.1:${port}`,
  });
});
