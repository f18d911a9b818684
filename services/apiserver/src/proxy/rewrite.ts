/** Links in what a backend answers, so that they lead back to it through the apiserver. */
import { posix } from 'node:path';
import { Transform } from 'node:stream';
import { RewritingStream } from 'parse5-html-rewriting-stream';

export interface LinkContext {
  /** The path under which the backend is reached: `/api/v1/namespaces/d/services/web/proxy`. */
  prefix: string;
  /** What the backend, and the client, call the host they speak to. */
  backendHost: string;
  requestHost: string;
}

/** A link to the same host by an absolute path, with the prefix before it; any other as it is. */
export function rewriteLink(link: string, { prefix, backendHost, requestHost }: LinkContext): string {
  const [, scheme = '', host = '', path = '', rest = ''] = /^([a-z][a-z0-9+.-]*:)?(?:\/\/([^/?#]*))?([^?#]*)(.*)$/is.exec(link) ?? [];
  const isElsewhere = host !== '' && host !== backendHost && host !== requestHost;
  if (isElsewhere || !path.startsWith('/')) return link;
  const origin = host !== '' && host === requestHost ? `${scheme}//${host}` : '';
  if (path.startsWith(prefix)) return `${origin}${path}${rest}`;
  // `join` keeps a slash at the end, and knows of no escapes.
  return `${origin}${posix.join(prefix, path)}${rest}`;
}

/** Attributes of HTML that hold links, by element. */
const linkAttributes: Record<string, readonly string[]> = {
  a: ['href'],
  applet: ['codebase'],
  area: ['href'],
  audio: ['src'],
  base: ['href'],
  blockquote: ['cite'],
  body: ['background'],
  button: ['formaction'],
  command: ['icon'],
  del: ['cite'],
  embed: ['src'],
  form: ['action'],
  frame: ['longdesc', 'src'],
  head: ['profile'],
  html: ['manifest'],
  iframe: ['longdesc', 'src'],
  img: ['longdesc', 'src', 'usemap'],
  input: ['src', 'usemap', 'formaction'],
  ins: ['cite'],
  link: ['href'],
  object: ['classid', 'codebase', 'data', 'usemap'],
  q: ['cite'],
  script: ['src'],
  source: ['src'],
  video: ['poster', 'src'],
};

/**
 * Streams that rewrite the links of a page, one after the other. Bytes are read as Latin-1 and written so again: whatever the
 * page is encoded in, all but the links stays as it was.
 */
export function htmlRewriter(context: LinkContext): [Transform, Transform, Transform] {
  const rewriter = new RewritingStream();
  rewriter.on('startTag', (tag, raw) => {
    const names = linkAttributes[tag.tagName];
    let isChanged = false;
    for (const attribute of names ? tag.attrs : []) {
      if (!names?.includes(attribute.name)) continue;
      const link = rewriteLink(attribute.value, context);
      isChanged ||= link !== attribute.value;
      attribute.value = link;
    }
    if (isChanged) rewriter.emitStartTag(tag);
    else rewriter.emitRaw(raw);
  });
  return [recoded((chunk) => chunk.toString('latin1')), rewriter, recoded((chunk) => Buffer.from(chunk.toString(), 'latin1'))];
}

const recoded = (change: (chunk: Buffer | string) => Buffer | string): Transform =>
  new Transform({
    decodeStrings: false,
    readableObjectMode: true,
    transform: (chunk: Buffer | string, _, done) => done(null, change(chunk)),
  });
