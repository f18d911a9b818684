/** The bodies of answers, in the form that suits the reader: indented for people, compressed where it pays. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { constants, gzip } from 'node:zlib';
import { mediaType } from './media-types.ts';

/** Smaller answers are sent as they are (upstream's limit). Bytes. */
const gzipFrom = 128 * 1024;

/** Programs of people: they get indented JSON unless they say otherwise. */
const people = /^(curl|Wget|Mozilla\/5\.0)/;

/** Whether the reader wants JSON indented: `?pretty=true`, or nothing said by a program of people. */
export function wantsPretty({ url = '', headers }: IncomingMessage): boolean {
  const said = /[?&]pretty(?:=([^&]*))?(?:&|$)/.exec(url);
  if (said) return /^(1|t|true)$/i.test(said[1] ?? '');
  return people.test(headers['user-agent'] ?? '');
}

/** `text` is JSON. */
export const pretty = (text: string): string => JSON.stringify(JSON.parse(text), null, 2);

/** What is encrypted at once: the reader has the first part of a large answer while the next is made. Bytes. */
const partSize = 256 * 1024;

/** Ends the answer with these bytes, as fast as they are taken. */
function writeInParts(response: ServerResponse, bytes: Buffer): void {
  let at = 0;
  const next = (): void => {
    while (at + partSize < bytes.length) {
      const part = bytes.subarray(at, at + partSize);
      at += partSize;
      if (response.write(part)) continue;
      response.once('drain', next);
      return;
    }
    response.end(bytes.subarray(at));
  };
  next();
}

/** Ends the answer with this body; the head is the caller's. */
export function endWith(response: ServerResponse, body: Buffer): void {
  const { req: request } = response;
  const end = (bytes: Buffer): void => {
    response.setHeader('Content-Length', bytes.length);
    if (request.method === 'HEAD') response.end();
    else writeInParts(response, bytes);
  };
  if (body.length < gzipFrom || !takesGzip(request)) {
    end(body);
    return;
  }
  response.setHeader('Content-Encoding', 'gzip');
  response.appendHeader('Vary', 'Accept-Encoding');
  gzip(body, { level: constants.Z_BEST_SPEED }, (error, compressed) => {
    if (error) response.destroy(error);
    else end(compressed);
  });
}

const takesGzip = ({ headers }: IncomingMessage): boolean =>
  String(headers['accept-encoding'] ?? '')
    .split(',')
    .some((coding) => mediaType(coding) === 'gzip' && !/;\s*q=0(\.0*)?\s*$/.test(coding));
