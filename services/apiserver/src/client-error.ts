import type { ServerResponse } from 'node:http';
import type { Server } from 'node:https';
import type { Duplex } from 'node:stream';

/** How long what still comes is read past, so that the client gets to see the answer. Milliseconds. */
const lingerMs = 500;

/**
 * Answers what isn't HTTP, or has too long a head, in the words of Go's net/http; the connection ends with it. A request before it on
 * the same connection gets its answer first.
 */
export function refuseMalformed(server: Server): void {
  const answers = new WeakMap<Duplex, ServerResponse>();
  const refused = new WeakSet<Duplex>();
  server.on('request', (request, response) => answers.set(request.socket, response));
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    // More of what is refused already.
    if (refused.has(socket)) return;
    refused.add(socket);
    const before = answers.get(socket);
    if (!before || before.writableFinished) refuse(error, socket);
    else if (before.req.complete) before.once('finish', () => refuse(error, socket));
    // The request is the broken one: it has no other answer, unless that has begun.
    else if (before.headersSent) socket.destroy();
    else refuse(error, socket);
  });
}

function refuse({ code }: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || !code?.startsWith('HPE_')) {
    socket.destroy();
    return;
  }
  const status = code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
  socket.end(`HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n${status}`);
  const timer = setTimeout(() => socket.destroy(), lingerMs);
  socket.once('close', () => clearTimeout(timer));
}
