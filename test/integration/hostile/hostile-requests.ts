/** Requests that no well-meaning client sends, drawn by chance that repeats. */

import { Random } from '@t8s/testkit';
import { examples } from '../examples/examples.ts';
import { pathOf, type ServedResource } from '../served-resource.ts';
import { type HostileBody, hostileBody, hostilePatch } from './hostile-bodies.ts';
import { hostileText } from './hostile-values.ts';
import type { RawRequest } from './raw-connection.ts';

export interface HostileRequest extends RawRequest {
  /** What to search for when it did harm. */
  text: string;
}

/** Written for good they would change how all other requests are answered. */
const farReaching = /\/(admissionregistration\.k8s\.io|apiregistration\.k8s\.io|apiextensions\.k8s\.io|flowcontrol\.apiserver\.k8s\.io)\//;
/** Few, so that the store stays small. */
const objectNames = ['x', 'y', 'z', 'full', 'default', 'kubernetes', 'kube-system'];

/** Endless. The same seed and the same resources give the same requests. */
export function* hostileRequests(seed: number, served: readonly ServedResource[]): Generator<HostileRequest> {
  const random = new Random(seed);
  for (;;) yield request(random, served);
}

function request(random: Random, served: readonly ServedResource[]): HostileRequest {
  if (random.isIn(0.02)) return malformed(random);
  const resource = random.of(served);
  const method = methodOf(random);
  const named = method !== 'POST' && random.isIn(0.75);
  const path = pathTo(random, resource, named);
  const body = method === 'GET' || method === 'HEAD' ? undefined : bodyOf(random, method, resource);
  const query = random.isIn(0.5) ? hostileQuery(random) : [];
  const isSafe = method === 'GET' || method === 'HEAD';
  if (!isSafe && (farReaching.test(path) || random.isIn(0.6))) query.push('dryRun=All');
  const target = query.length > 0 ? `${path}?${query.join('&')}` : path;
  return written(random, { method, target, body });
}

const methodOf = (random: Random): string => {
  const choice = random.fraction();
  if (choice < 0.25) return 'GET';
  if (choice < 0.5) return 'POST';
  if (choice < 0.65) return 'PUT';
  if (choice < 0.88) return 'PATCH';
  if (choice < 0.95) return 'DELETE';
  return random.of(['HEAD', 'OPTIONS', 'PROPFIND', 'LOCK', 'M-SEARCH', 'TRACE', 'PURGE']);
};

function bodyOf(random: Random, method: string, { key, groupVersion, kind }: ServedResource): HostileBody | undefined {
  const example = examples[key];
  const fields = random.isIn(0.7) ? example?.full : example?.minimal;
  const metadata = { name: random.of(objectNames), ...fields?.metadata };
  const document = { apiVersion: groupVersion, kind, ...fields, metadata };
  if (method === 'PATCH') return hostilePatch(random, document);
  if (method === 'DELETE') return random.isIn(0.3) ? hostileBody(random, deleteOptions) : undefined;
  return hostileBody(random, document);
}

const deleteOptions = {
  kind: 'DeleteOptions',
  apiVersion: 'v1',
  gracePeriodSeconds: 0,
  propagationPolicy: 'Foreground',
  preconditions: { uid: 'x', resourceVersion: '1' },
  dryRun: ['All'],
};

const subresources = [
  'status',
  'scale',
  'log',
  'exec',
  'attach',
  'portforward',
  'proxy',
  'proxy/x',
  'binding',
  'eviction',
  'token',
  'approval',
];

function pathTo(random: Random, resource: ServedResource, isNamed: boolean): string {
  const choice = random.fraction();
  if (choice < 0.03) return strangePath(random);
  let path = pathOf(resource, random.isIn(0.9) ? 'default' : nameIn(random));
  if (random.isIn(0.03)) path = path.replace(/\/v\d\w*\//, random.of(['/v0/', '//', '/v1beta1/', '/../']));
  if (!isNamed) return path;
  path += `/${nameIn(random)}`;
  if (random.isIn(0.25)) path += `/${random.isIn(0.8) ? random.of(subresources) : escaped(hostileText(random))}`;
  return path;
}

const nameIn = (random: Random): string => (random.isIn(0.85) ? random.of(objectNames) : escaped(hostileText(random)));

/** What a URL may hold; a few half escaped. */
function escaped(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return '%ED%A0%80';
    throw error;
  }
}

const strangePath = (random: Random): string =>
  random.of([
    '/',
    '//',
    '/api',
    '/apis/',
    '/api//pods',
    '/api/v1/',
    '/api/v1/namespaces//pods',
    '/api/v1/namespaces/default/pods/',
    '/api/v1/watch/pods',
    '/apis/apps',
    '/apis/apps/v1/namespaces/%2e%2e/deployments',
    '/api/v1/namespaces/default/pods/%',
    '/api/v1/namespaces/default/pods/%ff%fe',
    '/api/v1/namespaces/default/pods/x%00y',
    '/openapi/v2',
    '/openapi/v3/apis/../../x',
    '/openapi/v3/api/v1?hash=',
    '/metrics',
    '/healthz/etcd',
    '/readyz?verbose&exclude=etcd',
    '/livez/nothing',
    '/version/',
    '/logs',
    '/debug/pprof/',
    '/.well-known/openid-configuration',
    '/openid/v1/jwks',
    '*',
    `/${'a/'.repeat(4000)}`,
    `/api/v1/namespaces/${'x'.repeat(8000)}/pods`,
  ]);

const selectors = [
  'a=b',
  'a in (b,c),d notin (e),!f,g',
  'a in (',
  'a in ()',
  ',,,',
  '=',
  'a==b==c',
  'metadata.name=x',
  'spec.nodeName=',
  'status.phase!=Running,status.phase!=Running',
  'a\\,b=c\\=d',
  Array.from({ length: 500 }, (_, i) => `k${i}=v`).join(','),
  `a in (${Array.from({ length: 3000 }, (_, i) => i).join(',')})`,
  `${'('.repeat(2000)}`,
];
const numbers = ['0', '1', '-1', '', '1.5', '1e3', '0x1', '99999999999999999999', '9223372036854775807', ' 1', '+1', 'NaN', 'true'];
const booleans = ['true', 'false', '1', '0', '', 'yes', 'TRUE', 'x'];
const parameters: Readonly<Record<string, readonly string[]>> = {
  labelSelector: selectors,
  fieldSelector: selectors,
  limit: numbers,
  resourceVersion: numbers,
  resourceVersionMatch: ['Exact', 'NotOlderThan', 'exact', ''],
  continue: ['', 'x', 'e30', 'bnVsbA', 'eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MSwic3RhcnQiOiJhIn0', 'eyJydiI6LTF9', '%00', '='.repeat(3000)],
  timeoutSeconds: numbers,
  gracePeriodSeconds: numbers,
  allowWatchBookmarks: booleans,
  sendInitialEvents: booleans,
  pretty: booleans,
  force: booleans,
  orphanDependents: booleans,
  dryRun: ['All', 'all', '', 'None'],
  fieldManager: ['me', '', 'x'.repeat(200), '%00', '%F0%9F%98%80', '%ff'],
  fieldValidation: ['Strict', 'Warn', 'Ignore', 'strict', ''],
  propagationPolicy: ['Orphan', 'Background', 'Foreground', 'Never', ''],
  includeObject: ['None', 'Metadata', 'Object', 'All'],
  timeout: ['1s', '0', '-1s', '1h1h', '34s', '999999h', 'x', '1'],
  path: ['/', 'a/b', '..', ''],
  container: ['c', '', '%00'],
  command: ['sh', ''],
  tailLines: numbers,
};

function hostileQuery(random: Random): string[] {
  if (random.isIn(0.04)) return [random.of(['&&&', '=', '%', '%zz=%zz', 'a[]=1', '?a=b', ';', 'x'.repeat(6000), 'a&'.repeat(2000)])];
  if (random.isIn(0.03)) return [`watch=${random.of(booleans)}`, `timeoutSeconds=${random.of(['1', '0', '-1', 'x'])}`];
  return Array.from({ length: 1 + random.below(3) }, () => {
    const name = random.of(Object.keys(parameters));
    const value = random.isIn(0.85) ? random.of(parameters[name] ?? ['']) : escaped(hostileText(random));
    return `${name}=${random.isIn(0.8) ? value.replaceAll(' ', '%20') : escaped(value)}`;
  });
}

const accepts = [
  'application/json',
  'application/yaml',
  'application/json;as=Table;v=v1;g=meta.k8s.io',
  'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json',
  'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io',
  'application/vnd.kubernetes.protobuf',
  'application/json;as=Nothing',
  'text/html',
  ';;;,,,',
  'application/json;q=0',
  '*/*;q=abc',
  'a/b,'.repeat(500),
];

/** Header lines that may go with any request. */
const strangeHeaders = [
  'Authorization: Bearer',
  'Authorization: Bearer a.b.c',
  `Authorization: Bearer ${'x'.repeat(8000)}`,
  'Authorization: Basic Zm9vOmJhcg==',
  'Authorization: Negotiate \xff',
  'Accept-Encoding: gzip;q=2, br, *',
  'Accept-Encoding: gzip',
  'If-None-Match: "x"',
  'If-Match: *',
  'Range: bytes=0-1,5-',
  'Expect: 100-continue',
  'X-Http-Method-Override: DELETE',
  'X-Remote-User: root',
  'X-Forwarded-For: 1.2.3.4, \xff',
  'Connection: keep-alive, upgrade',
  'Cookie: a=b; c',
  'User-Agent: \xc3\x28\xff',
  `User-Agent: ${'u'.repeat(4000)}`,
  'User-Agent: curl/8',
  'Impersonate-User: admin\r\nImpersonate-Group: system:masters\r\nImpersonate-Extra-x: y',
  'Content-Encoding: gzip',
  'Content-Language: x',
  'Priority: u=9',
  Array.from({ length: 100 }, (_, i) => `X-H${i}: ${i}`).join('\r\n'),
];

interface Parts {
  method: string;
  target: string;
  body: HostileBody | undefined;
}

function written(random: Random, { method, target, body }: Parts): HostileRequest {
  const lines = [`${method} ${target.replace(/[^\x21-\xff]/g, '%20')} HTTP/1.1`, 'Host: 127.0.0.1'];
  if (random.isIn(0.4)) lines.push(`Accept: ${random.of(accepts)}`);
  if (random.isIn(0.2)) lines.push(random.of(strangeHeaders));
  if (body) lines.push(`Content-Type: ${body.contentType}`);
  const bytes = body?.bytes ?? Buffer.alloc(0);
  const isChunked = body !== undefined && random.isIn(0.05);
  if (isChunked) lines.push('Transfer-Encoding: chunked');
  else if (body) lines.push(`Content-Length: ${bytes.length}`);
  const payload = isChunked ? chunked(bytes) : bytes;
  return {
    method,
    isFramed: true,
    isStream: /[?&]watch=|\/watch\//.test(target),
    bytes: Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), payload]),
    text: `${lines.join('\n').slice(0, 1500)}\n\n${bytes.toString().slice(0, 1500)}`,
  };
}

const chunked = (bytes: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from(bytes.length > 0 ? `${bytes.length.toString(16)}\r\n` : ''),
    bytes,
    Buffer.from(bytes.length > 0 ? '\r\n0\r\n\r\n' : '0\r\n\r\n'),
  ]);

/** What is hardly HTTP. */
const torn = [
  'GET / HTTP/9.9\r\n\r\n',
  'GET\r\n\r\n',
  '\r\n\r\n\r\n',
  'get / http/1.1\r\n\r\n',
  'GET / HTTP/1.1\r\nHost\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
  'GET / HTTP/1.1\r\n: x\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n',
  'GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n',
  'GET http://[::1/ HTTP/1.1\r\nHost: x\r\n\r\n',
  'CONNECT 127.0.0.1:2379 HTTP/1.1\r\nHost: x\r\n\r\n',
  'POST /api/v1/namespaces/default/pods HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n',
  'POST /api/v1/namespaces/default/pods HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  'POST /api/v1/namespaces/default/pods HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n',
  'POST /api/v1/namespaces/default/pods HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}GARBAGE\r\n\r\n',
  'PUT /api/v1/namespaces/default HTTP/1.1\r\nHost: x\r\nExpect: a-miracle\r\nContent-Length: 2\r\n\r\n{}',
  'GET /api/v1/namespaces/default/pods/x/exec?command=sh HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n',
  'GET /api/v1/namespaces/default/pods/x/exec HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 99\r\n\r\n',
  'GET /api/v1/pods?watch=true HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\n',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`,
  `GET /${'x'.repeat(40_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
  '\x16\x03\x01\x02\x00\x01\x00',
];

function malformed(random: Random): HostileRequest {
  const bytes = Buffer.from(random.of(torn), 'latin1');
  return { method: 'GET', isFramed: false, isStream: false, bytes, text: bytes.toString('latin1').slice(0, 1500) };
}
