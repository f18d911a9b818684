import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { HTTPGetAction, Pod } from '@t8s/api';
import { portNumber } from './port-number.ts';
import { type ProbeResult, userAgent } from './probe-result.ts';

export interface HttpTarget {
  scheme: 'HTTP' | 'HTTPS';
  host: string;
  port: number;
  path: string;
  headers: Record<string, string>;
}

export function httpTarget(action: HTTPGetAction, pod: Pod, podIp: string, container: string): HttpTarget {
  const headers = Object.fromEntries((action.httpHeaders ?? []).map(({ name, value }) => [name.toLowerCase(), value]));
  const path = action.path ?? '/';
  return {
    scheme: action.scheme === 'HTTPS' ? 'HTTPS' : 'HTTP',
    host: action.host || podIp,
    port: portNumber(action.port, pod, container),
    path: path.startsWith('/') ? path : `/${path}`,
    headers: { 'user-agent': userAgent, accept: '*/*', ...headers },
  };
}

export interface HttpAnswer {
  status: number;
  body: string;
}

/** At most 10 KiB of the body are read, as upstream does. */
const bodyLimit = 10 * 1024;

/** GET without following redirects and without checking certificates. Rejects with Go's words, which users know from events. */
export function httpGet(target: HttpTarget, timeoutMs: number): Promise<HttpAnswer> {
  const { scheme, host, port, path, headers } = target;
  const url = `${scheme.toLowerCase()}://${authority(target)}${path}`;
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => reject(new Error(`Get "${url}": ${why}`));
    const send = scheme === 'HTTPS' ? httpsRequest : httpRequest;
    const request = send(
      { host, port, path, headers: { host: authority(target), ...headers }, agent: false, rejectUnauthorized: false },
      (response) => {
        let body = '';
        const done = (): void => {
          clearTimeout(timer);
          resolve({ status: response.statusCode ?? 0, body });
        };
        response.setEncoding('utf8');
        response.on('data', (text: string) => {
          body += text;
          if (body.length > bodyLimit) {
            done();
            request.destroy();
          }
        });
        response.on('end', done);
      },
    );
    const timer = setTimeout(() => {
      fail('context deadline exceeded (Client.Timeout exceeded while awaiting headers)');
      request.destroy();
    }, timeoutMs);
    request.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      fail(dialError(error, host, port));
    });
    request.end();
  });
}

export async function httpProbe(target: HttpTarget, timeoutMs: number): Promise<ProbeResult> {
  try {
    const { status } = await httpGet(target, timeoutMs);
    const ok = status >= 200 && status < 400;
    return { ok, output: ok ? '' : `HTTP probe failed with statuscode: ${status}` };
  } catch (error) {
    return { ok: false, output: (error as Error).message };
  }
}

/** A failed connection in Go's words. */
export function dialError(error: NodeJS.ErrnoException, host: string, port: number): string {
  const reasons: Record<string, string> = {
    ECONNREFUSED: 'connect: connection refused',
    EHOSTUNREACH: 'connect: no route to host',
    ENETUNREACH: 'connect: network is unreachable',
    ETIMEDOUT: 'i/o timeout',
  };
  const reason = reasons[error.code ?? ''];
  if (reason) return `dial tcp ${host}:${port}: ${reason}`;
  return error.code === 'ECONNRESET' ? 'EOF' : error.message;
}

function authority({ host, port }: HttpTarget): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
