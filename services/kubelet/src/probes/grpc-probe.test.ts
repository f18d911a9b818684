import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Server, ServerCredentials, status } from '@grpc/grpc-js';
import { grpcProbe } from './grpc-probe.ts';

test('a gRPC server tells how it is', async () => {
  const server = new Server();
  const bytes = {
    requestSerialize: (b: Buffer) => b,
    requestDeserialize: (b: Buffer) => b,
    responseSerialize: (b: Buffer) => b,
    responseDeserialize: (b: Buffer) => b,
  };
  const method = { path: '/grpc.health.v1.Health/Check', requestStream: false, responseStream: false, ...bytes };
  server.addService(
    { check: method },
    {
      check: ({ request }: { request: Buffer }, answer: (error: object | null, message?: Buffer) => void) => {
        const service = request.subarray(2).toString();
        if (service === 'none') answer({ code: status.NOT_FOUND, details: 'unknown service' });
        else if (service !== 'slow') answer(null, Buffer.from([0x08, service === 'ill' ? 2 : 1]));
      },
    },
  );
  const port = await new Promise((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound))),
  );
  const probe = (service: string): Promise<unknown> => grpcProbe(`127.0.0.1:${port}`, service, 1000);
  assert.deepEqual(await probe(''), { ok: true, output: 'service healthy' });
  assert.deepEqual(await probe('ill'), { ok: false, output: 'service unhealthy (responded with "NOT_SERVING")' });
  assert.deepEqual(await probe('none'), { ok: false, output: 'error: health rpc probe failed: 5 NOT_FOUND: unknown service' });
  assert.deepEqual(await probe('slow'), { ok: false, output: 'timeout: health rpc did not complete within 1s' });
  server.forceShutdown();
  assert.deepEqual(await probe(''), {
    ok: false,
    output: `timeout: failed to connect service "127.0.0.1:${port}" within 1s: context deadline exceeded`,
  });
});
