/** Streams of exec and attach over SPDY, a stream each: v4.channel.k8s.io and what came before it. */
import type { Readable, Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { Clock } from '@t8s/async';
import { resetStatus, SpdySession, type SpdyStream } from '@t8s/spdy';
import { type CommandChannels, plainOutcome, type StreamsWanted } from './remote-command.ts';
import { parseSize, TerminalSizes } from './terminal-sizes.ts';

/** v4 has the outcome as a Status, v3 the terminal's size, v2 an end of stdin; the first has no version in its name. */
export const spdyProtocols = ['v4.channel.k8s.io', 'v3.channel.k8s.io', 'v2.channel.k8s.io', 'channel.k8s.io'] as const;

/** How long a client may take to open its streams. */
const creationTimeout = 30_000;

export interface SpdyChannelsOptions {
  transport: ConstructorParameters<typeof SpdySession>[0]['transport'];
  /** One of spdyProtocols, or '' for the first. */
  protocol: string;
  wanted: StreamsWanted;
  clock: Clock;
  opened(session: SpdySession): void;
}

/** Resolves when the client has opened every stream; rejects when it does not, or goes. */
export async function spdyChannels({ transport, protocol, wanted, clock, opened }: SpdyChannelsOptions): Promise<CommandChannels> {
  const hasStatus = protocol === 'v4.channel.k8s.io';
  const hasSizes = hasStatus || protocol === 'v3.channel.k8s.io';
  const expected = new Set(['error', ...(['stdin', 'stdout', 'stderr'] as const).filter((name) => wanted[name])]);
  if (wanted.tty && hasSizes) expected.add('resize');
  const streams = new Map<string, SpdyStream>();
  const session = await new Promise<SpdySession>((resolve, reject) => {
    const created = new SpdySession({
      transport,
      role: 'server',
      flowControl: 'transport',
      maxStreams: 8,
      clock,
      onStream: (stream) => {
        const type = stream.headers.get('streamtype') ?? '';
        if (!expected.has(type) || streams.has(type))
          return void stream.reset(resetStatus.protocolError, `no stream "${type}" is expected now`);
        stream.reply();
        streams.set(type, stream);
        if (streams.size === expected.size) resolve(created);
      },
    });
    opened(created);
    const stop = clock.after(creationTimeout, () => created.destroy(new Error('timed out waiting for client to create streams')));
    created.signal.addEventListener('abort', () => {
      stop();
      reject(created.signal.reason as Error);
    });
  });
  const { stdin, stdout, stderr, error, resize } = Object.fromEntries(streams);
  // Nothing is expected on these: what comes is thrown away, so that their ends are seen.
  for (const stream of [stdout, stderr, error]) stream?.resume();
  const sizes = new TerminalSizes();
  if (resize) followSizes(resize, sizes);
  return {
    ends: {
      ...(stdin && { stdin: stdin as Readable }),
      ...(stdout && { stdout: writer(stdout) }),
      ...(stderr && { stderr: writer(stderr) }),
      onResize: (listener) => sizes.listen(listener),
      signal: session.signal,
    },
    finish: async (outcome) => {
      for (const stream of [stdout, stderr]) stream?.end();
      error?.end(hasStatus ? JSON.stringify({ metadata: {}, ...outcome }) : plainOutcome(outcome));
      // The process has gone: what the client still has for it must not hold up its farewell.
      stdin?.resume();
      try {
        await Promise.all([stdout, stderr, error].map((stream) => stream && finished(stream, { readable: false })));
      } finally {
        session.close();
      }
    },
  };
}

function writer(stream: Writable) {
  return (data: Buffer): Promise<void> =>
    new Promise((resolve, reject) => stream.write(data, (error) => (error ? reject(error) : resolve())));
}

/** Sizes come as JSON objects, one after the other. */
function followSizes(stream: SpdyStream, sizes: TerminalSizes): void {
  let text = '';
  stream.setEncoding('utf8').on('data', (part: string) => {
    text += part;
    for (let end = text.indexOf('}'); end >= 0; end = text.indexOf('}')) {
      const size = parseSize(text.slice(0, end + 1));
      if (size) sizes.set(size);
      text = text.slice(end + 1);
    }
    if (text.length > 1024) stream.reset(resetStatus.protocolError, 'that is no size of a terminal');
  });
}
