/** Passes requests on to the apiserver as they are, but for who asks. */
import { request as httpRequest, type IncomingMessage, type RequestOptions, type ServerResponse } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Duplex } from 'node:stream';
import type { ConnectionConfig } from '@t8s/component';

export class Relay {
  readonly #url: URL;
  readonly #options: RequestOptions;
  readonly #authorization: Record<string, string>;

  constructor({ server, ca, cert, key, token, insecureSkipVerify, serverName }: ConnectionConfig) {
    this.#url = new URL(server);
    const tls = { ca, cert, key, rejectUnauthorized: !insecureSkipVerify, ...(serverName !== undefined && { servername: serverName }) };
    this.#options = { host: this.#url.hostname.replace(/^\[|\]$/g, ''), port: this.#url.port, ...(this.#url.protocol === 'https:' && tls) };
    this.#authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  }

  request(path: string, request: IncomingMessage, response: ServerResponse): void {
    const outgoing = this.#send(path, request);
    outgoing.once('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    outgoing.once('error', (error) => {
      if (response.headersSent) response.destroy();
      else response.writeHead(502, { 'content-type': 'text/plain' }).end(`${error.message}\n`);
    });
    response.once('close', () => outgoing.destroy());
    request.pipe(outgoing);
  }

  upgrade(path: string, request: IncomingMessage, { socket, head }: { socket: Duplex; head: Buffer }): void {
    const outgoing = this.#send(path, request);
    const cut = (): void => void socket.destroy();
    outgoing.once('upgrade', ({ statusCode, statusMessage, rawHeaders }, other, first) => {
      const lines = rawHeaders.flatMap((name, i) => (i % 2 === 0 ? [`${name}: ${rawHeaders[i + 1]}`] : []));
      socket.write(`HTTP/1.1 ${statusCode} ${statusMessage}\r\n${lines.join('\r\n')}\r\n\r\n`);
      if (first.length > 0) socket.write(first);
      if (head.length > 0) other.write(head);
      other.on('error', cut).pipe(socket);
      socket.on('error', () => other.destroy()).pipe(other);
    });
    outgoing.once('response', (answer) => {
      socket.write(`HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}\r\nConnection: close\r\n\r\n`);
      answer.pipe(socket);
    });
    outgoing.once('error', cut);
    outgoing.end();
  }

  #send(path: string, { method = 'GET', headers }: IncomingMessage): ReturnType<typeof httpRequest> {
    const { authorization: _, host: __, ...passed } = headers;
    const send = this.#url.protocol === 'https:' ? httpsRequest : httpRequest;
    return send({
      ...this.#options,
      method,
      path: this.#url.pathname.replace(/\/$/, '') + path,
      headers: { ...passed, host: this.#url.host, ...this.#authorization },
    });
  }
}
