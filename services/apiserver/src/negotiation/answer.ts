/** Puts answers on the wire. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Status, StatusError } from '@t8s/meta';
import { stringify } from 'yaml';
import type { RequestContext } from '../context.ts';
import { endWith, pretty, wantsPretty } from './body.ts';
import { type Format, failureFormat } from './media-types.ts';

const contentTypes: Record<Format, string> = { json: 'application/json', yaml: 'application/yaml' };

type Answering = Pick<RequestContext, 'request' | 'response' | 'warnings'>;

/** Headers every answer has; warnings as kubectl prints them (RFC 7234, code 299). */
export function writeHead({ response, warnings }: Omit<Answering, 'request'>, code: number, contentType: string): void {
  response.statusCode = code;
  response.setHeader('Content-Type', contentType);
  response.setHeader('Cache-Control', 'no-cache, private');
  setWarnings(response, warnings);
}

function setWarnings(response: ServerResponse, warnings: readonly string[]): void {
  if (warnings.length === 0) return;
  const headers = [...new Set(warnings)].map((text) => `299 - ${headerText(JSON.stringify(text))}`);
  response.setHeader('Warning', headers);
}

/** Texts hold what clients sent: UTF-8 goes byte by byte, as Go writes it, and what no header may hold as a space. */
const headerText = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  Buffer.from(text.replace(/[\x00-\x1f\x7f]/g, ' ')).toString('latin1');

/** Answers with JSON that is written already; YAML is made of it. */
export function answerBytes(context: Answering, code: number, json: Buffer, format: Format): void {
  writeHead(context, code, contentTypes[format]);
  endWith(context.response, written(context.request, json, format));
}

function written(request: IncomingMessage, json: Buffer, format: Format): Buffer {
  if (format === 'yaml') return Buffer.from(stringify(JSON.parse(json.toString()), { version: '1.1', sortMapEntries: true }));
  return wantsPretty(request) ? Buffer.from(pretty(json.toString())) : json;
}

export function answerObject(context: RequestContext, code: number, object: object, format: Format): void {
  answerBytes(context, code, Buffer.from(JSON.stringify(object)), format);
}

/**
 * Answers a failure, with what there was to be warned of before it. Once the head is out nothing can be said any more: the
 * connection ends.
 */
export function answerError(response: ServerResponse, error: StatusError, warnings: readonly string[] = []): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const { status, code } = error;
  if (status.details?.retryAfterSeconds) response.setHeader('Retry-After', status.details.retryAfterSeconds);
  if (code === 401) response.setHeader('WWW-Authenticate', 'Bearer realm="kubernetes"');
  response.setHeader('Cache-Control', 'no-cache, private');
  setWarnings(response, warnings);
  const format = failureFormat(response.req.headers.accept);
  const json = Buffer.from(JSON.stringify(status satisfies Status));
  response.writeHead(code, { 'Content-Type': contentTypes[format] }).end(written(response.req, json, format));
}
