/** How `up`, `down` and `status` talk with the supervisor: HTTP over a Unix socket that only root can open. */
import { chmodSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { ProcessSpec, ProcessStatus } from './process-spec.ts';
import type { Supervisor } from './supervisor.ts';

/** Answers on the socket. A socket file left by a dead supervisor is replaced. */
export async function serveControl({ supervisor, socket }: { supervisor: Supervisor; socket: string }): Promise<Server> {
  const server = createServer((incoming, response) => {
    answer(supervisor, incoming).then(
      (value) =>
        response.writeHead(value === undefined ? 404 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(value ?? null)),
      (error: Error) => response.writeHead(500).end(error.message),
    );
  });
  rmSync(socket, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socket, resolve);
  });
  chmodSync(socket, 0o600);
  return server;
}

async function answer(supervisor: Supervisor, incoming: IncomingMessage): Promise<unknown> {
  const [, collection, name = ''] = (incoming.url ?? '').split('/');
  if (collection !== 'processes') return undefined;
  if (incoming.method === 'GET') return supervisor.list();
  if (incoming.method === 'DELETE') {
    await supervisor.remove(decodeURIComponent(name));
    return {};
  }
  if (incoming.method === 'PUT') return supervisor.put(JSON.parse(await readText(incoming)) as ProcessSpec);
  return undefined;
}

/** Nothing answers at the supervisor's socket. */
export class SupervisorGone extends Error {
  override readonly name = 'SupervisorGone';
}

export class SupervisorClient {
  readonly #socket: string;

  constructor(socket: string) {
    this.#socket = socket;
  }

  /** Throws SupervisorGone where none runs. */
  list(): Promise<ProcessStatus[]> {
    return this.#send('GET', '/processes');
  }

  put(spec: ProcessSpec): Promise<ProcessStatus> {
    return this.#send('PUT', `/processes/${encodeURIComponent(spec.name)}`, spec);
  }

  async remove(name: string): Promise<void> {
    await this.#send('DELETE', `/processes/${encodeURIComponent(name)}`);
  }

  async isRunning(): Promise<boolean> {
    try {
      await this.list();
      return true;
    } catch (error) {
      if (error instanceof SupervisorGone) return false;
      throw error;
    }
  }

  #send<T>(method: string, path: string, body?: object): Promise<T> {
    return new Promise((resolve, reject) => {
      const outgoing = request({ socketPath: this.#socket, method, path }, (incoming) => {
        readText(incoming).then((text) => {
          if (incoming.statusCode === 200) resolve(JSON.parse(text) as T);
          else reject(new Error(`supervisor: ${text}`));
        }, reject);
      });
      outgoing.once('error', (error: NodeJS.ErrnoException) => {
        const isGone = ['ENOENT', 'ECONNREFUSED', 'ECONNRESET'].includes(error.code ?? '');
        reject(isGone ? new SupervisorGone('no supervisor runs', { cause: error }) : error);
      });
      outgoing.end(body && JSON.stringify(body));
    });
  }
}

async function readText(stream: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
