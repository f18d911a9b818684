/** Kubernetes' url library. Not the WHATWG parser: the parts stay as they were written, as Go's net/url leaves them. */
import type { Environment } from '@marcbachmann/cel-js';
import { evaluationError } from '../cel-error.ts';

const pattern =
  /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?(?:\/\/(?:[^@/?]*@)?(\[[^\]]*\]|[^/?:@]*)(?::(\d*))?(?=[/?]|$))?((?!\/\/)[^?]*)(?:\?(.*))?$/;

export class Url {
  readonly scheme: string;
  readonly hostname: string;
  readonly port: string;
  readonly path: string;
  readonly query: string;

  private constructor([, scheme = '', hostname = '', port = '', path = '', query = '']: readonly string[]) {
    this.scheme = scheme.toLowerCase();
    this.hostname = hostname.replace(/^\[|\]$/g, '');
    this.port = port;
    this.path = path;
    this.query = query;
  }

  /** Undefined for what is neither an absolute URI nor an absolute path. */
  static tryParse(text: string): Url | undefined {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what no URL may hold
    if (/[\u0000-\u0020\u007f]/.test(text) || /%(?![0-9a-fA-F]{2})/.test(text)) return undefined;
    const match = text.startsWith('//') ? null : pattern.exec(text);
    if (!match || !(match[1] || text.startsWith('/'))) return undefined;
    return new Url(match);
  }

  static parse(text: string): Url {
    const url = Url.tryParse(text);
    if (!url)
      throw evaluationError(`URL parse error during conversion from string: parse ${JSON.stringify(text)}: invalid URI for request`);
    return url;
  }

  get host(): string {
    const name = this.hostname.includes(':') ? `[${this.hostname}]` : this.hostname;
    return this.port === '' ? name : `${name}:${this.port}`;
  }

  equals(other: Url): boolean {
    return `${this}` === `${other}`;
  }

  toString(): string {
    const authority = this.hostname === '' && this.scheme === '' ? '' : `//${this.host}`;
    return `${this.scheme && `${this.scheme}:`}${authority}${this.path}${this.query && `?${this.query}`}`;
  }
}

/** Characters that Go's EscapedPath leaves as they are; what is escaped stays so. */
const escaped = (path: string): string => encodeURI(path).replace(/%25([0-9A-Fa-f]{2})/g, '%$1');

function query(text: string): Map<string, string[]> {
  const values = new Map<string, string[]>();
  for (const [key, value] of new URLSearchParams(text)) values.set(key, [...(values.get(key) ?? []), value]);
  return values;
}

export function registerUrls(env: Environment): void {
  const type = 'kubernetes.URL';
  const sync = { async: false };
  env
    .registerType(type, { ctor: Url })
    .registerOperator(`${type} == ${type}`, (a: Url, b: Url) => a.equals(b))
    .registerFunction(`url(string): ${type}`, (text: string) => Url.parse(text), sync)
    .registerFunction('isURL(string): bool', (text: string) => Url.tryParse(text) !== undefined, sync)
    .registerFunction(`${type}.getScheme(): string`, ({ scheme }: Url) => scheme, sync)
    .registerFunction(`${type}.getHost(): string`, ({ host }: Url) => host, sync)
    .registerFunction(`${type}.getHostname(): string`, ({ hostname }: Url) => hostname, sync)
    .registerFunction(`${type}.getPort(): string`, ({ port }: Url) => port, sync)
    .registerFunction(`${type}.getEscapedPath(): string`, ({ path }: Url) => escaped(path), sync)
    .registerFunction(`${type}.getQuery(): map<string, list<string>>`, ({ query: text }: Url) => query(text), sync);
}
