import type { Socket } from 'node:net';

/** How long what still comes is read past, so that the client gets to see the answer. Milliseconds. */
const lingerMs = 500;

/** Answers what isn't HTTP, or has too long a head, in the words of Go's net/http; the connection ends with it. */
export function refuseMalformed(error: NodeJS.ErrnoException, socket: Socket): void {
  // More of what was answered already, or a connection that broke.
  if (socket.writableEnded) return;
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
  if (!socket.writable || !error.code?.startsWith('HPE_')) {
    socket.destroy();
    return;
  }
  socket.end(`HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n${status}`);
  const timer = setTimeout(() => socket.destroy(), lingerMs);
  socket.once('close', () => clearTimeout(timer));
}
