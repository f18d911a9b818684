import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { HttpFailure } from './http-failure.ts';

/** Longest message taken, in bytes: upstream's. */
const maxPayload = 32 * 1024 * 1024;

const header = 'sec-websocket-protocol';

/**
 * Names of SPDY tunnels hold a slash, which is no character of a token (RFC 6455): ws would refuse them. So inside of ws
 * they have an underscore for it.
 */
const inside = (name: string): string => name.replace(/^SPDY\//, 'SPDY_');
const outside = (line: string): string => line.replace(/^(sec-websocket-protocol: SPDY)_/i, '$1/');

/** Upgrades to WebSockets that speak one of these protocols, the best first. */
export class WebSocketUpgrades {
  readonly #protocols: readonly string[];
  readonly #server: WebSocketServer;

  constructor(protocols: readonly string[]) {
    this.#protocols = protocols;
    const handleProtocols = (offered: Set<string>): string | false => protocols.map(inside).find((name) => offered.has(name)) ?? false;
    this.#server = new WebSocketServer({ noServer: true, maxPayload, handleProtocols });
    this.#server.on('headers', (lines: string[]) => lines.splice(0, lines.length, ...lines.map(outside)));
  }

  /** Resolves when the client has its answer. Throws HttpFailure when it speaks none of the protocols. */
  async accept({ request, socket, head }: { request: IncomingMessage; socket: Duplex; head: Buffer }): Promise<WebSocket> {
    const offered = (request.headers[header] ?? '').split(',').map((name) => name.trim());
    if (!offered.some((name) => this.#protocols.includes(name))) {
      const lists = `[${offered.join(' ')}] is one of [${this.#protocols.join(' ')}]`;
      throw new HttpFailure(400, `unable to upgrade: none of the protocols ${lists}`);
    }
    request.headers[header] = offered.map(inside).join(', ') || undefined;
    return new Promise((resolve) => this.#server.handleUpgrade(request, socket, head, resolve));
  }

  /** Cuts all of them. */
  close(): void {
    for (const client of this.#server.clients) client.terminate();
  }
}
