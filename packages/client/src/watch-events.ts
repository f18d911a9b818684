import { type KubeObject, type Status, StatusError } from '@t8s/meta';
import type { WatchEvent } from './resource-client.ts';

const newline = 0x0a;

/** Reads a watch's answer: a JSON document a line. An ERROR event (410 Expired and others) is thrown. */
export async function* watchEvents<T extends KubeObject>(chunks: AsyncIterable<Buffer>): AsyncIterable<WatchEvent<T>> {
  for await (const line of lines(chunks)) {
    const event = JSON.parse(line) as { type: string; object: T | Status };
    if (event.type === 'ERROR') throw new StatusError(event.object as Status);
    yield event as WatchEvent<T>;
  }
}

/** Splits at newlines without copying complete lines; a part of a line waits for the rest. */
export async function* lines(chunks: AsyncIterable<Buffer>): AsyncIterable<string> {
  let pending: Buffer[] = [];
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      const tail = chunk.subarray(start, end);
      const line = pending.length > 0 ? Buffer.concat([...pending, tail]) : tail;
      pending = [];
      start = end + 1;
      if (line.length > 0) yield line.toString();
    }
    if (start < chunk.length) pending.push(chunk.subarray(start));
  }
  if (pending.length > 0) yield Buffer.concat(pending).toString();
}
