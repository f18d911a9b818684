/** A proxy before the apiserver that lets everything through but WebSockets, as some do. */
import { createServer, type request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ConnectionConfig } from '@t8s/component';

export interface WebSocketRefuser {
  /** Plain HTTP; requests go on with the identity of the connection. */
  url: string;
  readonly refused: number;
  close(): void;
}

export async function refuseWebSockets({ server: target, ca, cert, key }: ConnectionConfig): Promise<WebSocketRefuser> {
  let refused = 0;
  const onward = ({ url = '/', method, headers }: IncomingMessage): ReturnType<typeof httpRequest> =>
    httpsRequest(new URL(url, target), { method, headers, ca, cert, key, agent: false });
  const server = createServer((incoming, response) => {
    const outgoing = onward(incoming);
    outgoing.once('response', (answer) => answer.pipe(response.writeHead(answer.statusCode ?? 502, answer.headers)));
    incoming.pipe(outgoing);
  });
  server.on('upgrade', (incoming: IncomingMessage, client: Duplex) => {
    if (incoming.headers.upgrade === 'websocket') {
      refused += 1;
      return void client.end('HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
    }
    const outgoing = onward(incoming);
    outgoing.once('upgrade', ({ headers }, socket) => {
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
      client.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('')}\r\n`);
      client.pipe(socket).pipe(client);
      client.once('close', () => socket.destroy());
    });
    outgoing.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get refused() {
      return refused;
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
