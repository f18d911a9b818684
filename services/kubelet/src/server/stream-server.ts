/** What the kubelet serves over upgraded connections: exec, attach and port-forward, over WebSocket or SPDY. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Clock, systemClock } from '@t8s/async';
import type { SpdySession } from '@t8s/spdy';
import type { Logger } from '@t8s/telemetry';
import { createWebSocketStream, type WebSocket } from 'ws';
import { NetnsDialer } from '../network/netns-dialer.ts';
import type { ContainerStreams } from '../runtime/container-streams.ts';
import { HttpFailure } from './http-failure.ts';
import { forwardPorts, portForwardProtocol, portForwardTunnel } from './port-forward.ts';
import { type CommandChannels, type RemoteCommand, remoteCommand, runCommand } from './remote-command.ts';
import type { ServedContainer } from './served-container.ts';
import { spdyChannels, spdyProtocols } from './spdy-channels.ts';
import { acceptSpdy } from './spdy-upgrade.ts';
import { webSocketChannels, webSocketProtocols } from './websocket-channels.ts';
import { WebSocketUpgrades } from './websocket-upgrades.ts';

export interface StreamServerOptions {
  streams: ContainerStreams;
  /** Throws HttpFailure with upstream's words where there is none. */
  container(namespace: string, pod: string, container: string, previous: boolean): ServedContainer;
  /** The running sandbox of a pod. Throws HttpFailure where there is none. */
  sandbox(namespace: string, pod: string): string;
  clock?: Clock;
  log: Logger;
}

export interface UpgradeRequest {
  request: IncomingMessage;
  socket: Duplex;
  head: Buffer;
}

export class StreamServer {
  readonly #options: StreamServerOptions;
  readonly #clock: Clock;
  readonly #commands = new WebSocketUpgrades(webSocketProtocols);
  readonly #tunnels = new WebSocketUpgrades([portForwardTunnel]);
  readonly #sessions = new Set<SpdySession>();

  constructor(options: StreamServerOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /** Answers, and serves the connection to its end. Throws HttpFailure for what is refused. */
  async serve(path: readonly string[], query: URLSearchParams, upgrade: UpgradeRequest): Promise<void> {
    const [action, namespace = '', pod = '', ...last] = path;
    if (action === 'portForward') return this.#forward(this.#options.sandbox(namespace, pod), upgrade);
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
    this.#commands.close();
    this.#tunnels.close();
    for (const session of this.#sessions) session.destroy();
  }

  async #channels({ wanted }: RemoteCommand, upgrade: UpgradeRequest): Promise<CommandChannels> {
    if (isSpdy(upgrade.request)) {
      const protocol = acceptSpdy({ ...upgrade, protocols: spdyProtocols });
      const opened = (session: SpdySession): void => this.#track(session);
      return spdyChannels({ transport: upgrade.socket, protocol, wanted, clock: this.#clock, opened });
    }
    return webSocketChannels(await this.#webSocket(this.#commands, upgrade), wanted, this.#clock);
  }

  async #forward(sandbox: string, upgrade: UpgradeRequest): Promise<void> {
    const transport = await this.#portForwardTransport(upgrade);
    const { streams } = this.#options;
    let netns = '';
    const dialer = new NetnsDialer(async () => {
      netns = await streams.netnsOf(sandbox);
      return netns;
    });
    const session = forwardPorts({
      transport,
      clock: this.#clock,
      dial: (port) => dialer.dial(port),
      describe: (port, { message }) =>
        `error forwarding port ${port} to pod ${sandbox}, uid : failed to execute portforward in network namespace "${netns}": ` +
        `failed to connect to localhost:${port} inside namespace "${sandbox}", ${message}`,
    });
    session.signal.addEventListener('abort', () => dialer.close());
    this.#track(session);
  }

  async #portForwardTransport(upgrade: UpgradeRequest): Promise<Duplex> {
    if (!isSpdy(upgrade.request)) return createWebSocketStream(await this.#webSocket(this.#tunnels, upgrade));
    acceptSpdy({ ...upgrade, protocols: [portForwardProtocol] });
    return upgrade.socket;
  }

  async #webSocket(upgrades: WebSocketUpgrades, upgrade: UpgradeRequest): Promise<WebSocket> {
    const client = await upgrades.accept(upgrade);
    client.on('error', (error) => this.#options.log.debug({ err: error }, 'a stream was cut'));
    return client;
  }

  #track(session: SpdySession): void {
    this.#sessions.add(session);
    session.signal.addEventListener('abort', () => {
      this.#sessions.delete(session);
      this.#options.log.debug({ err: session.signal.reason as Error }, 'a session is over');
    });
  }
}

function isSpdy({ headers: { upgrade = '' } }: IncomingMessage): boolean {
  const wanted = upgrade.toLowerCase();
  if (wanted !== 'spdy/3.1' && wanted !== 'websocket')
    throw new HttpFailure(400, `unable to upgrade: ${upgrade} is not spoken here, SPDY/3.1 and WebSocket are`);
  return wanted === 'spdy/3.1';
}
