/** A conversion webhook to test with: HTTPS with a certificate of the test's CA. */
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createCa, issueCertificate } from '@t8s/auth';
import type { KubeObject } from '@t8s/meta';

type Json = Record<string, unknown>;

export interface ConversionRequest {
  uid: string;
  desiredAPIVersion: string;
  objects: KubeObject[];
}

export interface ConversionWebhook {
  /** For `spec.conversion.webhook.clientConfig`; its certificate is good for `hook.default.svc` too. */
  clientConfig: { url: string; caBundle: string };
  port: number;
  /** What it was asked so far. */
  readonly requests: readonly ConversionRequest[];
  /** From now on answers this in place of conversions. */
  answer(make: ((request: ConversionRequest) => Json) | undefined): void;
  stop(): Promise<void>;
}

/** `convert` changes one object to the version asked for. */
export async function startConversionWebhook(convert: (object: KubeObject, apiVersion: string) => KubeObject): Promise<ConversionWebhook> {
  const ca = await createCa({ commonName: 'webhook-ca' });
  const { cert, key } = await issueCertificate({
    ca,
    subject: { commonName: 'webhook' },
    usages: ['server'],
    hosts: ['localhost', 'hook.default.svc'],
  });
  const requests: ConversionRequest[] = [];
  let answer: ((request: ConversionRequest) => Json) | undefined;
  const server = createServer({ cert, key }, async (request, response) => {
    const review = JSON.parse(await text(request)) as { apiVersion: string; kind: string; request: ConversionRequest };
    requests.push(review.request);
    const { uid, desiredAPIVersion, objects } = review.request;
    const done = answer?.(review.request) ?? {
      uid,
      result: { status: 'Success' },
      convertedObjects: objects.map((object) => ({ ...convert(object, desiredAPIVersion), apiVersion: desiredAPIVersion })),
    };
    response
      .setHeader('content-type', 'application/json')
      .end(JSON.stringify({ kind: review.kind, apiVersion: review.apiVersion, response: done }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    clientConfig: { url: `https://localhost:${port}/convert`, caBundle: Buffer.from(ca.cert).toString('base64') },
    requests,
    answer: (make) => {
      answer = make;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
