import type { IncomingMessage } from 'node:http';
import { badRequest, requestTooLarge } from '@t8s/meta';

/** Largest body taken: 3 MiB, as upstream's MaxRequestBodyBytes. */
export const maxBody = 3 * 1024 * 1024;

/** Reads the body; a larger one is refused before it is all here. By events: an async iterator costs several times as much. */
export function readBody(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const read = (chunk: Buffer): void => {
      size += chunk.length;
      if (size <= maxBody) chunks.push(chunk);
      else refuse();
    };
    const refuse = (): void => {
      // What is still to come is read past, so that the client gets to see the answer.
      request.off('data', read).resume();
      reject(requestTooLarge(`Request entity too large: limit is ${maxBody}`));
    };
    const cutOff = (): void => {
      if (!request.complete) reject(badRequest('unexpected EOF'));
    };
    if (Number(request.headers['content-length'] ?? 0) > maxBody) return refuse();
    if (request.destroyed) return cutOff();
    request.on('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    request.on('error', cutOff);
    request.on('close', cutOff);
    request.on('data', read);
  });
}
