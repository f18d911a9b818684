/** The health port of a daemon: /healthz, /livez, /readyz and /metrics in plain HTTP on loopback only. */
import { createServer, type Server } from 'node:http';

export interface HealthOptions {
  /** 0 picks a free port. */
  port: number;
  /** Each check throws with the reason it fails. */
  checks?: Record<string, () => void | Promise<void>>;
  metrics?: () => Promise<string>;
  signal: AbortSignal;
}

/** Listens until the signal aborts. Resolves with the port. Answers as upstream's: `ok`, or 500 and a line a check. */
export function serveHealth({ port, checks = {}, metrics, signal }: HealthOptions): Promise<number> {
  const server: Server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0];
    if (path === '/metrics' && metrics) {
      metrics().then(
        (text) => response.setHeader('content-type', 'text/plain; version=0.0.4').end(text),
        (error: Error) => response.writeHead(500).end(error.message),
      );
    } else if (path === '/healthz' || path === '/livez' || path === '/readyz') {
      void report(checks).then(({ ok, text }) =>
        response.writeHead(ok ? 200 : 500, { 'content-type': 'text/plain; charset=utf-8' }).end(ok ? 'ok' : text),
      );
    } else {
      response.writeHead(404).end('404 page not found\n');
    }
  });
  signal.addEventListener('abort', () => server.close(), { once: true });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
}

async function report(checks: Record<string, () => void | Promise<void>>): Promise<{ ok: boolean; text: string }> {
  const lines = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      try {
        await check();
        return `[+]${name} ok`;
      } catch (error) {
        return `[-]${name} failed: ${(error as Error).message}`;
      }
    }),
  );
  return { ok: lines.every((line) => line.startsWith('[+]')), text: `${lines.join('\n')}\n` };
}
