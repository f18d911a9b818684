/** What the kubelet serves over upgraded connections: exec and attach, over WebSocket or SPDY. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Clock, systemClock } from '@t8s/async';
import type { SpdySession } from '@t8s/spdy';
import type { Logger } from '@t8s/telemetry';
import { type WebSocket, WebSocketServer } from 'ws';
import type { ContainerStreams } from '../runtime/container-streams.ts';
import { HttpFailure } from './http-failure.ts';
import { type CommandChannels, type RemoteCommand, remoteCommand, runCommand } from './remote-command.ts';
import type { ServedContainer } from './served-container.ts';
import { spdyChannels, spdyProtocols } from './spdy-channels.ts';
import { acceptSpdy } from './spdy-upgrade.ts';
import { webSocketChannels, webSocketProtocols } from './websocket-channels.ts';

export interface StreamServerOptions {
  streams: ContainerStreams;
  /** Throws HttpFailure with upstream's words where there is none. */
  container(namespace: string, pod: string, container: string, previous: boolean): ServedContainer;
  clock?: Clock;
  log: Logger;
}

export interface UpgradeRequest {
  request: IncomingMessage;
  socket: Duplex;
  head: Buffer;
}

/** Longest message of a WebSocket taken, in bytes: upstream's. */
const maxPayload = 32 * 1024 * 1024;

export class StreamServer {
  readonly #options: StreamServerOptions;
  readonly #clock: Clock;
  readonly #webSockets = new WebSocketServer({
    noServer: true,
    maxPayload,
    handleProtocols: (offered) => webSocketProtocols.find((protocol) => offered.has(protocol)) ?? false,
  });
  readonly #sessions = new Set<SpdySession>();

  constructor(options: StreamServerOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /** Answers, and serves the connection to its end. Throws HttpFailure for what is refused. */
  async serve(path: readonly string[], query: URLSearchParams, upgrade: UpgradeRequest): Promise<void> {
    const [action, namespace = '', pod = '', ...last] = path;
    if (action !== 'exec' && action !== 'attach') throw new HttpFailure(404, '404 page not found');
    const container = this.#options.container(namespace, pod, last.at(-1) ?? '', false);
    const command = remoteCommand(action, container, query);
    const { streams, log } = this.#options;
    try {
      await runCommand(command, { streams, channels: await this.#channels(command, upgrade), log });
    } catch (error) {
      if (error instanceof HttpFailure) throw error;
      log.debug({ err: error }, 'a client went before it had opened its streams');
    }
  }

  close(): void {
    for (const client of this.#webSockets.clients) client.terminate();
    for (const session of this.#sessions) session.destroy();
  }

  async #channels({ wanted }: RemoteCommand, upgrade: UpgradeRequest): Promise<CommandChannels> {
    if (this.#isSpdy(upgrade.request)) {
      const protocol = acceptSpdy({ ...upgrade, protocols: spdyProtocols });
      const opened = (session: SpdySession): void => this.#track(session);
      return spdyChannels({ transport: upgrade.socket, protocol, wanted, clock: this.#clock, opened });
    }
    return webSocketChannels(await this.#webSocket(upgrade, webSocketProtocols), wanted);
  }

  #isSpdy({ headers: { upgrade = '' } }: IncomingMessage): boolean {
    const wanted = upgrade.toLowerCase();
    if (wanted !== 'spdy/3.1' && wanted !== 'websocket')
      throw new HttpFailure(400, `unable to upgrade: ${upgrade} is not spoken here, SPDY/3.1 and WebSocket are`);
    return wanted === 'spdy/3.1';
  }

  #webSocket({ request, socket, head }: UpgradeRequest, protocols: readonly string[]): Promise<WebSocket> {
    const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
    if (!offered.some((name) => protocols.includes(name)))
      throw new HttpFailure(400, `unable to upgrade: none of the protocols [${offered.join(' ')}] is one of [${protocols.join(' ')}]`);
    return new Promise((resolve) => {
      this.#webSockets.handleUpgrade(request, socket, head, (client) => {
        client.on('error', (error) => this.#options.log.debug({ err: error }, 'a stream was cut'));
        resolve(client);
      });
    });
  }

  #track(session: SpdySession): void {
    this.#sessions.add(session);
    session.signal.addEventListener('abort', () => {
      this.#sessions.delete(session);
      this.#options.log.debug({ err: session.signal.reason as Error }, 'a session is over');
    });
  }
}
