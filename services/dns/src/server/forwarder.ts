/** Asks other servers for names that are not the cluster's. */
import { randomInt } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { connect } from 'node:net';
import { type Clock, systemClock } from '@t8s/async';
import { frame, Unframer } from './tcp-frame.ts';

export interface Upstream {
  readonly address: string;
  readonly port: number;
}

export interface ForwarderOptions {
  /** In order of preference. */
  upstreams: readonly Upstream[];
  /** Milliseconds until the next server is asked. */
  timeout?: number;
  /** Questions under way at once; further ones are refused. */
  maxConcurrent?: number;
  clock?: Clock;
}

/** No server answered. */
export class ForwardError extends Error {
  override readonly name = 'ForwardError';
}

/** One connected socket a server: the kernel drops what comes from elsewhere, and tells us where nothing listens. */
interface Channel {
  socket: Socket;
  /** By the id the question was sent with. */
  pending: Map<number, Pending>;
}

interface Pending {
  question: Buffer;
  settle: (answer: Buffer | Error) => void;
}

/**
 * Sends queries on as they are, under an id of our own. Servers are asked one after the other, the one that answered last
 * first; after each had two tries the query fails. An answer counts only from the server asked, to the question asked.
 */
export class Forwarder {
  readonly #options: Required<ForwarderOptions>;
  readonly #channels = new Map<number, Promise<Channel>>();
  #preferred = 0;
  #active = 0;

  constructor(options: ForwarderOptions) {
    this.#options = { timeout: 2000, maxConcurrent: 1000, clock: systemClock, ...options };
  }

  /** Resolves with the answer under the query's own id. `questionEnd` is where its question ends. Throws ForwardError. */
  async forward(query: Buffer, questionEnd: number, transport: 'udp' | 'tcp'): Promise<Buffer> {
    const { upstreams, maxConcurrent } = this.#options;
    if (upstreams.length === 0) throw new ForwardError('no upstream servers');
    if (this.#active >= maxConcurrent) throw new ForwardError(`${maxConcurrent} queries under way`);
    this.#active += 1;
    try {
      let reason = '';
      for (let i = 0; i < upstreams.length * 2; i++) {
        const index = (this.#preferred + i) % upstreams.length;
        try {
          const answer = await (transport === 'udp' ? this.#askUdp(query, questionEnd, index) : this.#askTcp(query, index));
          this.#preferred = index;
          query.copy(answer, 0, 0, 2);
          return answer;
        } catch (error) {
          reason = (error as Error).message;
        }
      }
      throw new ForwardError(`no upstream server answered: ${reason}`);
    } finally {
      this.#active -= 1;
    }
  }

  close(): void {
    for (const channel of this.#channels.values()) void channel.then(({ socket }) => socket.close());
    this.#channels.clear();
  }

  async #askUdp(query: Buffer, questionEnd: number, index: number): Promise<Buffer> {
    const { timeout, clock } = this.#options;
    const { socket, pending } = await this.#channel(index);
    let id = randomInt(0x10000);
    while (pending.has(id)) id = randomInt(0x10000);
    const sent = Buffer.from(query);
    sent.writeUInt16BE(id, 0);
    return new Promise((resolve, reject) => {
      const settle = (answer: Buffer | Error): void => {
        if (pending.get(id) !== entry) return;
        pending.delete(id);
        cancel();
        if (answer instanceof Error) reject(answer);
        else resolve(answer);
      };
      const entry: Pending = { question: query.subarray(12, questionEnd), settle };
      const cancel = clock.after(timeout, () => settle(new Error(`${this.#upstream(index).address}: timeout`)));
      pending.set(id, entry);
      socket.send(sent, (error) => {
        if (error) settle(error);
      });
    });
  }

  #channel(index: number): Promise<Channel> {
    const known = this.#channels.get(index);
    if (known) return known;
    const opening = openChannel(this.#upstream(index), () => this.#channels.delete(index));
    this.#channels.set(index, opening);
    return opening;
  }

  #askTcp(query: Buffer, index: number): Promise<Buffer> {
    const { address, port } = this.#upstream(index);
    return new Promise((resolve, reject) => {
      const socket = connect({ host: address, port }).setTimeout(this.#options.timeout);
      const unframer = new Unframer((message) => {
        resolve(message);
        socket.destroy();
      });
      socket.on('data', (chunk) => unframer.push(chunk));
      socket.on('timeout', () => socket.destroy(new Error(`${address}: timeout`)));
      socket.on('error', reject);
      socket.on('close', () => reject(new Error(`${address}: closed without an answer`)));
      socket.write(frame(query));
    });
  }

  #upstream(index: number): Upstream {
    const upstream = this.#options.upstreams[index];
    if (!upstream) throw new RangeError(`no upstream ${index}`);
    return upstream;
  }
}

function openChannel({ address, port }: Upstream, onBroken: () => void): Promise<Channel> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  const pending = new Map<number, Pending>();
  socket.on('message', (answer) => {
    const entry = answer.length >= 12 ? pending.get(answer.readUInt16BE(0)) : undefined;
    if (entry && ((answer[2] ?? 0) & 0x80) !== 0 && answersTo(answer, entry.question)) entry.settle(answer);
  });
  return new Promise((resolve, reject) => {
    socket.on('error', (error) => {
      onBroken();
      reject(error);
      for (const { settle } of [...pending.values()]) settle(error);
      socket.close();
    });
    socket.once('connect', () => resolve({ socket, pending }));
    socket.connect(port, address);
  });
}

/** Whether a message repeats the question: names may differ in case only. */
function answersTo(answer: Buffer, question: Buffer): boolean {
  const repeated = answer.subarray(12, 12 + question.length);
  return repeated.equals(question) || repeated.toString('latin1').toLowerCase() === question.toString('latin1').toLowerCase();
}
