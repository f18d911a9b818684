/** The sockets: UDP and TCP on one address and port. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { UsageError } from '@t8s/component';
import type { Logger } from '@t8s/telemetry';
import type { DnsMetrics } from '../metrics.ts';
import type { Resolver, Transport } from './resolver.ts';
import { frame, Unframer } from './tcp-frame.ts';

export interface DnsServerOptions {
  resolver: Resolver;
  address: string;
  /** 0 picks a port that is free for both. */
  port: number;
  metrics: DnsMetrics;
  log: Logger;
}

/** Milliseconds a TCP connection may be silent (RFC 7766 §6.2.3 leaves it to us). */
const idleTimeout = 10_000;
const maxConnections = 1000;

/** Listens until closed. A query that fails to be answered is logged and answers nothing; the server goes on. */
export class DnsServer {
  readonly #options: DnsServerOptions;
  readonly #udp = createSocket('udp4');
  readonly #tcp = createServer((socket) => this.#serve(socket));
  readonly #connections = new Set<Socket>();

  constructor(options: DnsServerOptions) {
    this.#options = options;
    this.#tcp.maxConnections = maxConnections;
    this.#udp.on('message', (message, from) => {
      void this.#answer(message, 'udp').then((answer) => {
        if (answer) this.#udp.send(answer, from.port, from.address, (error) => error && options.log.debug({ err: error }, 'not sent'));
      });
    });
  }

  /** Resolves with the port. Throws UsageError where it can't be had. */
  async listen(): Promise<number> {
    const { address, port } = this.#options;
    try {
      this.#tcp.listen(port, address);
      await once(this.#tcp, 'listening');
      const bound = (this.#tcp.address() as { port: number }).port;
      this.#udp.bind(bound, address);
      await once(this.#udp, 'listening');
      this.#udp.on('error', (error) => this.#options.log.error({ err: error }, 'UDP socket'));
      return bound;
    } catch (error) {
      throw new UsageError(`cannot listen on ${address}:${port}: ${(error as NodeJS.ErrnoException).code}`);
    }
  }

  close(): void {
    this.#udp.close();
    this.#tcp.close();
    for (const socket of this.#connections) socket.destroy();
  }

  #serve(socket: Socket): void {
    this.#connections.add(socket);
    const unframer = new Unframer((message) => {
      void this.#answer(message, 'tcp').then((answer) => {
        if (!answer) socket.destroy();
        else if (socket.writable) socket.write(frame(answer));
      });
    });
    socket.setTimeout(idleTimeout, () => socket.destroy());
    socket.on('data', (chunk) => unframer.push(chunk));
    socket.on('error', (error) => this.#options.log.debug({ err: error }, 'TCP connection'));
    socket.on('close', () => this.#connections.delete(socket));
  }

  async #answer(message: Buffer, transport: Transport): Promise<Buffer | undefined> {
    const { resolver, metrics, log } = this.#options;
    const stop = metrics.duration.startTimer();
    try {
      const result = await resolver.resolve(message, transport);
      if (!result) return undefined;
      metrics.requests.inc({ proto: transport, type: result.query?.type ?? 'other' });
      metrics.responses.inc({ rcode: String((result.answer[3] ?? 0) & 0xf) });
      stop();
      return result.answer;
    } catch (error) {
      log.error({ err: error }, 'a query was not answered');
      return undefined;
    }
  }
}
