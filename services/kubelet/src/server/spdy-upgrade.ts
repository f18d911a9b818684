import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { HttpFailure } from './http-failure.ts';

export interface SpdyUpgrade {
  request: IncomingMessage;
  socket: Duplex;
  /** What came after the request already. */
  head: Buffer;
  /** What is spoken over the streams. */
  protocols: readonly string[];
}

/**
 * Answers `Upgrade: SPDY/3.1`, agreeing on the first protocol of the client that is spoken here; resolves to it.
 * A client that names none (before Kubernetes 1.1) gets ''.
 */
export function acceptSpdy({ request, socket, head, protocols }: SpdyUpgrade): string {
  const offered = (request.headersDistinct['x-stream-protocol-version'] ?? []).flatMap((line) =>
    line.split(',').map((name) => name.trim()),
  );
  const agreed = offered.find((name) => protocols.includes(name));
  if (offered.length > 0 && agreed === undefined) {
    throw new HttpFailure(
      403,
      `unable to upgrade: unable to negotiate protocol: client supports [${offered.join(' ')}], server accepts [${protocols.join(' ')}]`,
      { 'X-Accepted-Stream-Protocol-Versions': protocols.join(', ') },
    );
  }
  const answer = ['HTTP/1.1 101 Switching Protocols', 'Connection: Upgrade', 'Upgrade: SPDY/3.1'];
  if (agreed !== undefined) answer.push(`X-Stream-Protocol-Version: ${agreed}`);
  socket.write(`${answer.join('\r\n')}\r\n\r\n`);
  // A client that vanished without a word is noticed in the end.
  (socket as TLSSocket).setKeepAlive(true, 30_000).setNoDelay(true).setTimeout(0);
  if (head.length > 0) socket.unshift(head);
  return agreed ?? '';
}
