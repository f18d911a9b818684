/** Relays log, exec, attach and port-forward to the kubelet of the pod's node; streams go through byte by byte. */
import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { text } from 'node:stream/consumers';
import type { Node, Pod } from '@t8s/api';
import {
  badRequest,
  internalError,
  methodNotAllowed,
  notFound,
  type StatusError,
  serviceUnavailable,
  unclassified,
  unknownPath,
} from '@t8s/meta';
import type { WatchCache } from '@t8s/storage';
import type { ResourceContext } from '../context.ts';
import type { Subresource } from '../endpoints/dispatch.ts';
import { asksForWebSocket } from '../endpoints/watch/watch-socket.ts';
import type { ObjectStore } from '../registry/object-store.ts';
import { dialProblem } from '../webhooks/go-words.ts';
import { join } from './join.ts';
import { checkLogOptions } from './log-options.ts';
import { sendLog } from './log-socket.ts';

export interface KubeletClientOptions {
  /** PEM texts: our client certificate, and the CA of kubelets' serving certificates. */
  cert?: string;
  key?: string;
  ca?: string;
}

/** What the API calls otherwise than the kubelet does. */
const kubeletNames: Record<string, string> = { stdin: 'input', stdout: 'output', stderr: 'error', tty: 'tty', ports: 'port' };
const kubeletPaths: Record<string, string> = { log: 'containerLogs', exec: 'exec', attach: 'attach', portforward: 'portForward' };

/** The handlers of `pods/log`, `pods/exec`, `pods/attach` and `pods/portforward`. */
export function kubeletSubresources(options: () => KubeletClientOptions): Record<string, Subresource> {
  const relay: Subresource = async (context, { objects }) => {
    const { info } = context;
    const isRead = info.verb === 'get';
    if (!isRead && (info.subresource === 'log' || info.verb !== 'create')) throw methodNotAllowed();
    const pod = (await objects.get(context.resource, info.namespace, info.name)).object as Pod;
    const isLog = info.subresource === 'log';
    if (isLog) checkLogOptions(context);
    const container = info.subresource === 'portforward' ? '' : containerName(pod, context.query);
    const { nodeName = '' } = pod.spec;
    if (nodeName === '' && isLog) return void context.response.writeHead(204).end();
    if (nodeName === '') throw badRequest(`pod ${info.name} does not have a host assigned`);
    const to = target(objects, nodeName, container, context);
    if (!isLog && !context.upgrade) throw badRequest('Upgrade request required');
    await send(context, { ...options(), ...to });
  };
  return Object.fromEntries(Object.keys(kubeletPaths).map((name) => [`pods/${name}`, relay]));
}

function target(
  { cache }: ObjectStore,
  nodeName: string,
  container: string,
  { info, query }: ResourceContext,
): { host: string; port: number; path: string } {
  const node = nodeNamed(cache, nodeName);
  const parts = [info.namespace, info.name, ...(container === '' ? [] : [container])].map(encodeURIComponent);
  const asked = kubeletQuery(query).toString();
  return { ...kubeletAddress(node), path: `/${kubeletPaths[info.subresource]}/${parts.join('/')}${asked && `?${asked}`}` };
}

/** Where a node's kubelet listens. Throws ServiceUnavailable before it has said so. */
export function kubeletAddress({ metadata, status }: Node): { host: string; port: number } {
  const host = status?.addresses?.find((a) => a.type === 'InternalIP')?.address;
  if (!host) throw serviceUnavailable(`node ${metadata.name} has no address`);
  return { host, port: status?.daemonEndpoints?.kubeletEndpoint?.Port ?? 10250 };
}

/** Milliseconds: how long a kubelet may take to say what its containers use. */
const metricsPatience = 10_000;

/** The text of a node's /metrics/resource. Throws NotFound for a node that is not there, InternalError where its kubelet doesn't answer. */
export async function readResourceMetrics(tls: KubeletClientOptions, cache: WatchCache, nodeName: string): Promise<string> {
  const to = kubeletAddress(nodeNamed(cache, nodeName));
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    httpsRequest({ ...tls, ...to, path: '/metrics/resource', agent: false, signal: AbortSignal.timeout(metricsPatience) })
      .once('response', resolve)
      .once('error', (error) => reject(internalError(`error dialing backend: ${error.message}`)))
      .end();
  });
  const body = await text(answer);
  if (answer.statusCode !== 200) throw kubeletFailure(answer.statusCode ?? 502, body.trim());
  return body;
}

function nodeNamed(cache: WatchCache, name: string): Node {
  const node = cache.resource('nodes').get(name)?.object as Node | undefined;
  if (!node) throw notFound({ group: '', resource: 'nodes' }, name);
  return node;
}

/** What is true for the API is 1 for a kubelet. */
function kubeletQuery(query: URLSearchParams): URLSearchParams {
  const result = new URLSearchParams();
  for (const [name, value] of query) result.append(kubeletNames[name] ?? name, name in kubeletNames && value === 'true' ? '1' : value);
  return result;
}

/** The container asked for; without one the pod's only container, or the one its annotation names. */
function containerName(pod: Pod, query: URLSearchParams): string {
  const all = [...pod.spec.containers, ...(pod.spec.initContainers ?? []), ...(pod.spec.ephemeralContainers ?? [])];
  const asked = query.get('container');
  if (asked) {
    if (!all.some((c) => c.name === asked)) throw badRequest(`container ${asked} is not valid for pod ${pod.metadata.name}`);
    return asked;
  }
  if (pod.spec.containers.length === 1) return pod.spec.containers[0]?.name ?? '';
  const names = (containers: readonly { name: string }[]): string => `[${containers.map(({ name }) => name).join(' ')}]`;
  const { containers, initContainers = [] } = pod.spec;
  const orInit = initContainers.length > 0 ? ` or one of the init containers: ${names(initContainers)}` : '';
  throw badRequest(`a container name must be specified for pod ${pod.metadata.name}, choose one of: ${names(containers)}${orInit}`);
}

function send(
  context: ResourceContext,
  { host, port, path, cert, key, ca }: KubeletClientOptions & { host: string; port: number; path: string },
): Promise<void> {
  const { info, request, response, upgrade } = context;
  const signal = context.signal();
  return new Promise((resolve, reject) => {
    // Lines as they came: clients of SPDY offer each protocol on a line of its own, and kubelets don't split lines.
    const { authorization: _, ...lines } = request.headersDistinct;
    const isLog = info.subresource === 'log';
    const headers = upgrade && !isLog ? { ...lines, host: `${host}:${port}` } : { accept: request.headers.accept ?? '*/*' };
    const outgoing = httpsRequest({
      host,
      port,
      path,
      method: request.method,
      headers,
      signal,
      agent: false,
      ...(cert !== undefined && { cert }),
      ...(key !== undefined && { key }),
      ...(ca !== undefined && { ca }),
    });
    outgoing.once('error', (error: Error) => {
      const doing = isLog ? `Get "https://${host}:${port}${path}"` : 'error dialing backend';
      signal.aborted ? resolve() : reject(unclassified(`${doing}: ${dialProblem(error)}`));
    });
    outgoing.once('upgrade', (answer, kubelet, head) => {
      if (!upgrade) return void reject(internalError('the kubelet wanted to upgrade a plain request'));
      join(answer, { client: upgrade.socket, backend: kubelet, signal, heads: { client: upgrade.head, backend: head } });
      resolve();
    });
    outgoing.once('response', (answer) => {
      const { statusCode = 502 } = answer;
      if ((!upgrade || isLog) && statusCode >= 400) {
        text(answer).then((body) => reject(kubeletFailure(statusCode, body.trim())), reject);
        return;
      }
      if (isLog && upgrade && asksForWebSocket(context)) return void sendLog({ request, response, upgrade }, answer).then(resolve, reject);
      response.writeHead(answer.statusCode ?? 502, { 'Content-Type': answer.headers['content-type'] ?? 'text/plain' });
      response.flushHeaders();
      answer.pipe(response);
      response.once('close', () => {
        answer.destroy();
        resolve();
      });
    });
    outgoing.end();
  });
}

/** What the kubelet says of a plain request that it can't serve, as upstream's apiserver passes it on. */
function kubeletFailure(code: number, message: string): StatusError {
  if (code === 400) return badRequest(message);
  return code === 404 ? unknownPath() : internalError(message);
}
