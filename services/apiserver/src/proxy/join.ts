import { type IncomingMessage, STATUS_CODES } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** Both ends of an upgraded connection, with what each has said already. */
export interface Ends {
  client: Duplex;
  backend: Duplex;
  /** Aborts when the server ends: nobody waits for streams that may go on for ever. */
  signal: AbortSignal;
  heads: { client: Buffer; backend: Buffer };
}

/** Tells the client of the backend's upgrade. From here on both ends speak to each other; each end's close is the other's. */
export function join({ statusCode = 101, rawHeaders }: IncomingMessage, { client, backend, signal, heads }: Ends): void {
  const lines = [`HTTP/1.1 ${statusCode} ${STATUS_CODES[statusCode]}`];
  for (let i = 0; i < rawHeaders.length; i += 2) lines.push(`${rawHeaders[i]}: ${rawHeaders[i + 1]}`);
  client.write(`${lines.join('\r\n')}\r\n\r\n`);
  if (heads.backend.length > 0) client.write(heads.backend);
  if (heads.client.length > 0) backend.write(heads.client);
  const cut = (): void => void client.destroy();
  signal.addEventListener('abort', cut, { once: true });
  client.once('close', () => signal.removeEventListener('abort', cut));
  client.pipe(backend);
  backend.pipe(client);
  for (const [one, other] of [
    [client, backend],
    [backend, client],
  ] as const) {
    // Streams are opened and typed on in small messages: none may wait for the one before it to be acknowledged.
    if (one instanceof Socket) one.setNoDelay(true);
    one.once('error', () => other.destroy());
    one.once('close', () => other.destroy());
  }
}
