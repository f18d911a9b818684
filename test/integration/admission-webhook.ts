/** Admission webhooks to test with: one HTTPS server, whose paths answer as they are told. */
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createCa, issueCertificate } from '@t8s/auth';
import type { KubeObject } from '@t8s/meta';

export interface AdmissionReviewRequest {
  uid: string;
  name?: string;
  namespace?: string;
  operation: string;
  subResource?: string;
  kind: { group: string; version: string; kind: string };
  resource: { group: string; version: string; resource: string };
  requestResource: { group: string; version: string; resource: string };
  userInfo: { username: string };
  object: KubeObject | null;
  oldObject: KubeObject | null;
  options: Record<string, unknown> | null;
  dryRun: boolean;
}

/** What a response says beside its uid; undefined never answers. */
export type Judge = (request: AdmissionReviewRequest) => Record<string, unknown> | undefined;

export interface AdmissionWebhooks {
  port: number;
  caBundle: string;
  url(path: string): string;
  /** How `path` answers from now on. */
  on(path: string, judge: Judge): void;
  /** What a path was asked so far. */
  asked(path: string): readonly AdmissionReviewRequest[];
  stop(): Promise<void>;
}

/** A response that changes the object. */
export const patching = (...operations: object[]): Record<string, unknown> => ({
  allowed: true,
  patchType: 'JSONPatch',
  patch: Buffer.from(JSON.stringify(operations)).toString('base64'),
});

/** Its certificate is also that of the service default/hooks. */
export async function startAdmissionWebhooks(): Promise<AdmissionWebhooks> {
  const ca = await createCa({ commonName: 'webhook-ca' });
  const hosts = ['localhost', 'hooks.default.svc'];
  const { cert, key } = await issueCertificate({ ca, subject: { commonName: 'webhook' }, usages: ['server'], hosts });
  const judges = new Map<string, Judge>();
  const asked = new Map<string, AdmissionReviewRequest[]>();
  const server = createServer({ cert, key }, async (request, response) => {
    const {
      apiVersion,
      kind,
      request: review,
    } = JSON.parse(await text(request)) as {
      apiVersion: string;
      kind: string;
      request: AdmissionReviewRequest;
    };
    const { pathname } = new URL(request.url ?? '/', 'https://localhost');
    asked.set(pathname, [...(asked.get(pathname) ?? []), review]);
    const judged = judges.get(pathname)?.(review);
    if (!judged) return;
    const body = JSON.stringify({ apiVersion, kind, response: { uid: review.uid, ...judged } });
    response.setHeader('content-type', 'application/json').end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    caBundle: Buffer.from(ca.cert).toString('base64'),
    url: (path) => `https://localhost:${port}${path}`,
    on: (path, judge) => void judges.set(path, judge),
    asked: (path) => asked.get(path) ?? [],
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
