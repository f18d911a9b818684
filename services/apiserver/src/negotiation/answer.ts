/** Puts answers on the wire. */
import type { ServerResponse } from 'node:http';
import type { Status, StatusError } from '@t8s/meta';
import { stringify } from 'yaml';
import type { RequestContext } from '../context.ts';
import { endWith, pretty, wantsPretty } from './body.ts';
import type { Format } from './media-types.ts';

const contentTypes: Record<Format, string> = { json: 'application/json', yaml: 'application/yaml' };

/** Headers every answer has; warnings as kubectl prints them (RFC 7234, code 299). */
export function writeHead({ response, warnings }: Pick<RequestContext, 'response' | 'warnings'>, code: number, contentType: string): void {
  response.statusCode = code;
  response.setHeader('Content-Type', contentType);
  response.setHeader('Cache-Control', 'no-cache, private');
  if (warnings.length > 0)
    response.setHeader(
      'Warning',
      [...new Set(warnings)].map((text) => `299 - ${headerText(JSON.stringify(text))}`),
    );
}

/** Texts hold what clients sent: UTF-8 goes byte by byte, as Go writes it, and what no header may hold as a space. */
const headerText = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  Buffer.from(text.replace(/[\x00-\x1f\x7f]/g, ' ')).toString('latin1');

/** Answers with JSON that is written already; YAML is made of it. */
export function answerBytes(context: RequestContext, code: number, json: Buffer, format: Format): void {
  writeHead(context, code, contentTypes[format]);
  endWith(context.response, written(context, json, format));
}

function written({ request }: RequestContext, json: Buffer, format: Format): Buffer {
  if (format === 'yaml') return Buffer.from(stringify(JSON.parse(json.toString()), { version: '1.1' }));
  return wantsPretty(request) ? Buffer.from(pretty(json.toString())) : json;
}

export function answerObject(context: RequestContext, code: number, object: object, format: Format): void {
  answerBytes(context, code, Buffer.from(JSON.stringify(object)), format);
}

/** Answers a failure. Once the head is out nothing can be said any more: the connection ends. */
export function answerError(response: ServerResponse, error: StatusError): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const { status, code } = error;
  if (status.details?.retryAfterSeconds) response.setHeader('Retry-After', status.details.retryAfterSeconds);
  if (code === 401) response.setHeader('WWW-Authenticate', 'Bearer realm="kubernetes"');
  response.setHeader('Cache-Control', 'no-cache, private');
  const text = JSON.stringify(status satisfies Status);
  response.writeHead(code, { 'Content-Type': 'application/json' }).end(wantsPretty(response.req) ? pretty(text) : text);
}
