/** The three small HTTP servers that CoreDNS has too; probes and Prometheus reach them on the pod's address. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { UsageError } from '@t8s/component';

export interface Page {
  path: string;
  /** Status and text. */
  read: () => Promise<{ status: number; text: string }> | { status: number; text: string };
}

/** Serves one page until the signal aborts. Resolves with the port; throws UsageError where it can't be had. */
export async function servePage({
  address,
  port,
  page,
  signal,
}: {
  address: string;
  port: number;
  page: Page;
  signal: AbortSignal;
}): Promise<number> {
  const server = createServer((request, response) => {
    if (request.url?.split('?')[0] !== page.path) {
      response.writeHead(404).end('404 page not found\n');
      return;
    }
    void Promise.resolve(page.read()).then(({ status, text }) =>
      response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(text),
    );
  });
  signal.addEventListener('abort', () => server.close().closeAllConnections(), { once: true });
  try {
    server.listen(port, address);
    await once(server, 'listening');
  } catch (error) {
    throw new UsageError(`cannot listen on ${address}:${port}: ${(error as NodeJS.ErrnoException).code}`);
  }
  return (server.address() as { port: number }).port;
}
