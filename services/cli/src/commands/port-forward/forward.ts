import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import type { SpdySession } from '@t8s/spdy';

let requests = 0;

/** One connection through a pair of streams. Ends when both directions have; throws what the other side says went wrong. */
export async function forward(session: SpdySession, socket: Socket, port: number): Promise<void> {
  const id = String(requests++);
  const open = (type: string) =>
    session.open(
      new Map([
        ['streamtype', type],
        ['port', String(port)],
        ['requestid', id],
      ]),
    );
  const failure = open('error');
  failure.end();
  const data = open('data');
  // A local client that goes away in the middle of something is no failure of forwarding.
  socket.on('error', () => data.destroy());
  data.on('error', () => socket.destroy());
  socket.pipe(data);
  data.pipe(socket);
  const message = await text(failure);
  if (message === '') return;
  socket.destroy();
  throw new Error(message);
}
