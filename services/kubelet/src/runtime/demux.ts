/**
 * Docker's multiplexed stream (stdout and stderr of a process without a terminal): frames of one byte for the stream,
 * three zero bytes, four bytes of big-endian length, and the data.
 */
export interface OutputFrame {
  stream: 'stdout' | 'stderr';
  data: Buffer;
}

const headerLength = 8;

/** Yields what has arrived of each frame; long frames come in parts, so memory stays at one chunk. */
export async function* demux(source: AsyncIterable<unknown>): AsyncGenerator<OutputFrame> {
  let pending: Buffer = Buffer.alloc(0);
  let stream: OutputFrame['stream'] = 'stdout';
  let left = 0;
  for await (const chunk of source) {
    pending = pending.length === 0 ? (chunk as Buffer) : Buffer.concat([pending, chunk as Buffer]);
    for (;;) {
      if (left === 0) {
        if (pending.length < headerLength) break;
        stream = pending[0] === 2 ? 'stderr' : 'stdout';
        left = pending.readUInt32BE(4);
        pending = pending.subarray(headerLength);
      }
      if (pending.length === 0) break;
      const data = pending.subarray(0, left);
      left -= data.length;
      pending = pending.subarray(data.length);
      if (data.length > 0) yield { stream, data };
    }
  }
}
