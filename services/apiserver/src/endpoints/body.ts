import type { IncomingMessage } from 'node:http';
import { badRequest, requestTooLarge } from '@t8s/meta';

/** Largest body taken: 3 MiB, as upstream's MaxRequestBodyBytes. */
export const maxBody = 3 * 1024 * 1024;

/** Reads the body; a larger one is refused before it is all here. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > maxBody) throw tooLarge(request);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBody) throw tooLarge(request);
    chunks.push(chunk);
  }
  if (announced > size) throw badRequest('unexpected EOF');
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
}

/** What is still to come is not wanted: the connection closes behind the answer. */
function tooLarge(request: IncomingMessage): Error {
  request.unpipe();
  request.resume();
  return requestTooLarge(`Request entity too large: limit is ${maxBody}`);
}
