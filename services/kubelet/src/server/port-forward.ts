/** Connections to ports of a pod (portforward.k8s.io): for each a stream of data and one for the error, of one requestID. */
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Clock } from '@t8s/async';
import { resetStatus, SpdySession, type SpdyStream } from '@t8s/spdy';

export const portForwardProtocol = 'portforward.k8s.io';
/** SPDY inside of WebSocket messages (KEP-4006), for kubectl from 1.31 on. */
export const portForwardTunnel = 'SPDY/3.1+portforward.k8s.io';

/** How long the second stream of a pair may take. */
const creationTimeout = 30_000;

export interface PortForwardOptions {
  transport: Duplex;
  /** Connects to a port of the pod's loopback. */
  dial(port: number): Promise<Socket>;
  /** What went wrong with a dial, in upstream's words. */
  describe(port: number, error: Error): string;
  clock: Clock;
}

interface Pair {
  port: number;
  data?: SpdyStream;
  error?: SpdyStream;
  stopWaiting(): void;
}

/** Serves until the session ends. */
export function forwardPorts(options: PortForwardOptions): SpdySession {
  const pairs = new Map<string, Pair>();
  const expire = (id: string): void => {
    const { data, error } = pairs.get(id) ?? {};
    pairs.delete(id);
    const reason = `timed out waiting for streams for request ${id}`;
    error?.resume().end(reason);
    data?.reset(resetStatus.cancel, reason);
  };
  const onStream = (stream: SpdyStream): void => {
    const { headers } = stream;
    const [type = '', port = '', id = ''] = ['streamtype', 'port', 'requestid'].map((name) => headers.get(name));
    const reason = refusal(type, port, id);
    if (reason !== undefined) return void stream.reset(resetStatus.protocolError, reason);
    const pair: Pair = pairs.get(id) ?? { port: Number(port), stopWaiting: options.clock.after(creationTimeout, () => expire(id)) };
    if (pair[type as 'data' | 'error'] || pair.port !== Number(port))
      return void stream.reset(resetStatus.protocolError, `request ${id} has a stream of type ${type} already, or another port`);
    stream.reply();
    pairs.set(id, { ...pair, [type]: stream });
    const { data, error } = pairs.get(id) ?? {};
    if (!data || !error) return;
    pair.stopWaiting();
    pairs.delete(id);
    void forward({ ...options, port: pair.port, data, error });
  };
  const session = new SpdySession({
    transport: options.transport,
    role: 'server',
    flowControl: 'transport',
    onStream,
    clock: options.clock,
  });
  session.signal.addEventListener('abort', () => {
    for (const { stopWaiting } of pairs.values()) stopWaiting();
  });
  return session;
}

function refusal(type: string, port: string, id: string): string | undefined {
  for (const [name, value] of Object.entries({ port, streamType: type, requestID: id }))
    if (value === '') return `"${name}" header is required`;
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) return `unable to parse "${port}" as a port`;
  if (Number(port) === 0) return 'port "0" must be > 0';
  return type === 'data' || type === 'error' ? undefined : `invalid stream type "${type}"`;
}

type Forward = Pick<PortForwardOptions, 'dial' | 'describe'> & { port: number; data: SpdyStream; error: SpdyStream };

async function forward({ dial, describe, port, data, error }: Forward): Promise<void> {
  // Clients say nothing on it; its end is to be seen.
  error.resume();
  let socket: Socket;
  try {
    socket = await dial(port);
  } catch (failure) {
    error.end(describe(port, failure as Error));
    data.resume().end();
    return;
  }
  // A connection that breaks is between the two ends: 'close' follows. It is no failure of forwarding, which would make
  // kubectl give up on all the others.
  socket.on('error', () => undefined);
  data.once('close', () => socket.destroy());
  if (data.destroyed) return void socket.destroy();
  socket.once('end', () => error.end());
  socket.once('close', () => {
    // Nobody takes what the client still sends; left lying it would hold up the other streams.
    data.unpipe().resume().end();
    error.end();
  });
  data.pipe(socket);
  socket.pipe(data);
}
