/** A log over a WebSocket, for programs in browsers: a message a piece, in base64 where the client asks for that. */
import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { createWebSocketStream, type WebSocket, WebSocketServer } from 'ws';
import type { RequestContext } from '../context.ts';

const [binary, base64] = ['binary.k8s.io', 'base64.binary.k8s.io'] as const;
/** Clients have nothing to say. */
const server = new WebSocketServer({
  noServer: true,
  clientTracking: false,
  maxPayload: 1024,
  handleProtocols: (offered) => [binary, base64].find((name) => offered.has(name)) ?? false,
});

type Upgrade = Required<Pick<RequestContext, 'request' | 'response' | 'upgrade'>>;

/** Resolves at the end of the log, or of the client; one whose handshake can't be answered is refused. */
export async function sendLog({ request, response, upgrade }: Upgrade, log: IncomingMessage): Promise<void> {
  const accepted: WebSocket[] = [];
  // From here on the connection is no answer any more.
  response.detachSocket(request.socket);
  server.handleUpgrade(request, upgrade.socket, upgrade.head, (socket) => accepted.push(socket));
  const [client] = accepted;
  if (!client) return void log.destroy();
  async function* messages(pieces: AsyncIterable<Buffer>): AsyncGenerator<string | Buffer> {
    for await (const piece of pieces) yield client?.protocol === base64 ? piece.toString('base64') : piece;
  }
  // A client that has gone, or a kubelet: there is nobody to tell.
  await pipeline(log, messages, createWebSocketStream(client, { decodeStrings: false })).catch(() => client.terminate());
}
