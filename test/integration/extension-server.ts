/** An extension apiserver of ext.example.com/v1, as the aggregator meets one: it knows its front proxy by certificate. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { createCa, issueCertificate } from '@t8s/auth';
import type { Pki } from './pki.ts';

export interface ExtensionServer {
  port: number;
  /** Base64, for an APIService. */
  caBundle: string;
  /** What came, without requests for discovery. */
  requests: { method: string; path: string; headers: NodeJS.Dict<string | string[]>; body: string; proxy: string | undefined }[];
  /** Answers everything with 500 from now on, or no longer. */
  fail(isBroken: boolean): void;
  /** Closes connections that were used before, whatever comes over them: as a server does with idle ones, only always at the worst time. */
  closeUsed(isHasty: boolean): void;
  /** The open ends of watches. */
  watches: ServerResponse[];
  stop(): Promise<void>;
}

const resources = [
  {
    name: 'things',
    singularName: 'thing',
    namespaced: true,
    kind: 'Thing',
    verbs: ['get', 'list', 'watch', 'create'],
    shortNames: ['th'],
    categories: ['all'],
  },
  { name: 'things/status', singularName: '', namespaced: true, kind: 'Thing', verbs: ['get'] },
];
const thing = { apiVersion: 'ext.example.com/v1', kind: 'Thing', metadata: { name: 'a', namespace: 'default' } };

/** The service it is behind is `default/ext`. */
export async function startExtensionServer(pki: Pki): Promise<ExtensionServer> {
  const ca = await createCa({ commonName: 'ext-ca' });
  const pair = await issueCertificate({ ca, subject: { commonName: 'ext' }, usages: ['server'], hosts: ['ext.default.svc'] });
  const requests: ExtensionServer['requests'] = [];
  const watches: ServerResponse[] = [];
  let isBroken = false;
  let isHasty = false;
  const used = new WeakSet<object>();
  const tls = {
    cert: pair.cert,
    key: pair.key,
    ca: await readFile(pki.file('front-proxy-ca.crt')),
    requestCert: true,
    rejectUnauthorized: false,
  };
  const server = createServer(tls, async (request, response) => {
    if (isHasty && used.has(request.socket)) return void request.socket.destroy();
    used.add(request.socket);
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const path = request.url ?? '';
    if (isBroken) return void response.writeHead(500).end('broken');
    const document = documents[path.split('?')[0] ?? ''];
    if (document) return json(response, 200, document);
    if (!path.startsWith('/apis/ext.example.com/v1/')) return json(response, 404, { kind: 'Status', status: 'Failure', code: 404 });
    note(request, body);
    if (path.includes('watch=true')) {
      watches.push(response.writeHead(200, { 'content-type': 'application/json' }));
      response.write(`${JSON.stringify({ type: 'ADDED', object: thing })}\n`);
    } else if (path.startsWith('/apis/ext.example.com/v1/moved')) response.writeHead(302, { location: 'https://evil.example.com/' }).end();
    else if (request.method === 'POST') json(response, 201, JSON.parse(body) as object);
    else if (path.endsWith('/things/a')) json(response, 200, thing);
    else json(response, 200, { apiVersion: 'ext.example.com/v1', kind: 'ThingList', metadata: {}, items: [thing] });
  });
  server.on('upgrade', (request, socket) => {
    note(request, '');
    if (request.url?.endsWith('/refused')) return void socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 4\r\n\r\nno\r\n');
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n');
    socket.pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    caBundle: Buffer.from(ca.cert).toString('base64'),
    requests,
    closeUsed: (hasty) => {
      isHasty = hasty;
    },
    watches,
    fail: (broken) => {
      isBroken = broken;
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };

  function note({ method = '', url = '', headers, socket }: IncomingMessage, body: string): void {
    const { authorized, getPeerCertificate } = socket as TLSSocket;
    const proxy = authorized ? String(getPeerCertificate.call(socket).subject.CN) : undefined;
    requests.push({ method, path: url, headers, body, proxy });
  }
}

const documents: Record<string, object> = {
  '/apis/ext.example.com/v1': { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: 'ext.example.com/v1', resources },
  '/openapi/v2': {
    swagger: '2.0',
    paths: {
      '/apis/ext.example.com/v1/things': { get: { responses: { 200: { schema: { $ref: '#/definitions/com.example.ext.v1.Thing' } } } } },
      '/healthz': {},
    },
    definitions: { 'com.example.ext.v1.Thing': { description: 'A thing.', type: 'object' } },
  },
  '/openapi/v3': {
    paths: {
      'apis/ext.example.com/v1': { serverRelativeURL: '/openapi/v3/apis/ext.example.com/v1?hash=1' },
      version: { serverRelativeURL: '/x' },
    },
  },
  '/openapi/v3/apis/ext.example.com/v1': {
    openapi: '3.0.0',
    info: { title: 'ext', version: '1' },
    paths: {},
    components: { schemas: { 'com.example.ext.v1.Thing': { description: 'A thing.', type: 'object' } } },
  },
};

function json(response: ServerResponse, code: number, object: object): void {
  response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(object));
}
