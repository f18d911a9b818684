/** `kubectl proxy`: the API on a local port, with this client's credentials. */
import { existsSync, unlinkSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Failure } from '../failure.ts';
import type { Flags, Invocation, VerbBody } from '../verb.ts';
import { Relay } from './relay.ts';

export const proxyVerb: VerbBody = {
  about: 'Requests from this machine are passed on to the API server, except for some that are refused: see the filters below.',
  examples: `# The whole API, and nothing else
kubectl proxy --api-prefix=/

# On a port of its own
kubectl proxy --port=8011

# On any free port
kubectl proxy --port=0`,
  usage: '[--port=PORT] [--www=static-dir] [--www-prefix=prefix] [--api-prefix=prefix]',
  flags: [
    {
      name: 'accept-hosts',
      type: 'string',
      default: '^localhost$,^127\\.0\\.0\\.1$,^\\[::1\\]$',
      help: 'Regular expression for hosts that the proxy should accept.',
    },
    { name: 'accept-paths', type: 'string', default: '^.*', help: 'Regular expression for paths that the proxy should accept.' },
    { name: 'address', type: 'string', default: '127.0.0.1', help: 'The IP address on which to serve on.' },
    { name: 'api-prefix', type: 'string', default: '/', help: 'Prefix to serve the proxied API under.' },
    {
      name: 'disable-filter',
      type: 'boolean',
      default: false,
      help: 'If true, disable request filtering in the proxy. This is dangerous, and can leave you vulnerable to XSRF attacks, when used with an accessible port.',
    },
    {
      name: 'keepalive',
      type: 'duration',
      default: '0s',
      help: 'keepalive specifies the keep-alive period for an active network connection. Set to 0 to disable keepalive.',
    },
    {
      name: 'port',
      short: 'p',
      type: 'number',
      default: 8001,
      help: 'The port on which to run the proxy. Set to 0 to pick a random port.',
    },
    {
      name: 'reject-methods',
      type: 'string',
      default: '^$',
      help: "Regular expression for HTTP methods that the proxy should reject (example --reject-methods='POST,PUT,PATCH').",
    },
    {
      name: 'reject-paths',
      type: 'string',
      default: '^/api/.*/pods/.*/exec,^/api/.*/pods/.*/attach',
      help: 'Regular expression for paths that the proxy should reject. Paths specified here will be rejected even accepted by --accept-paths.',
    },
    { name: 'unix-socket', short: 'u', type: 'string', help: 'Unix socket on which to run the proxy.' },
  ],
  run: proxy,
};

async function proxy({ session, flags }: Invocation): Promise<void> {
  const { io } = session;
  const socketPath = flags.text('unix-socket');
  if (flags.given('port') && socketPath !== '') throw new Failure('error: cannot set --unix-socket and --port at the same time');
  const prefix = `/${flags.text('api-prefix').replaceAll(/^\/|\/$/g, '')}/`.replace('//', '/');
  const relay = new Relay(session.connection);
  const isAllowed = filterOf(flags);
  const targetOf = (request: IncomingMessage): string | undefined => {
    const { url = '/' } = request;
    return url.startsWith(prefix) && isAllowed(request) ? `/${url.slice(prefix.length)}` : undefined;
  };
  const server = createServer((request, response) => {
    const target = targetOf(request);
    if (target === undefined) refuse(response, isAllowed(request) ? 404 : 403);
    else relay.request(target, request, response);
  });
  server.on('upgrade', (request, socket, head) => {
    const target = targetOf(request);
    if (target === undefined) socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
    else relay.upgrade(target, request, { socket, head });
  });
  if (socketPath !== '' && existsSync(socketPath)) unlinkSync(socketPath);
  await new Promise<void>((done, failed) => {
    server.once('error', (error) => failed(new Failure(`error: ${error.message}`)));
    if (socketPath !== '') server.listen(socketPath, done);
    else server.listen(flags.number('port'), flags.text('address'), done);
  });
  const { address, port } = server.address() as AddressInfo;
  io.out(`Starting to serve on ${socketPath !== '' ? socketPath : `${address.includes(':') ? `[${address}]` : address}:${port}`}\n`);
  if (!io.signal.aborted) await new Promise((done) => io.signal.addEventListener('abort', done, { once: true }));
  server.closeAllConnections();
  server.close();
}

function refuse(response: ServerResponse, code: 403 | 404): void {
  response.writeHead(code, { 'content-type': 'text/plain; charset=utf-8' }).end(code === 403 ? 'Forbidden' : '404 page not found\n');
}

/** Other hosts' names would be other sites' scripts: a page in a browser must not reach the API through this port. */
function filterOf(flags: Flags): (request: IncomingMessage) => boolean {
  if (flags.on('disable-filter')) return () => true;
  const patterns = (name: string): RegExp[] =>
    flags
      .text(name)
      .split(',')
      .map((text) => new RegExp(text));
  const [hosts, accepted, rejected, methods] = ['accept-hosts', 'accept-paths', 'reject-paths', 'reject-methods'].map(patterns) as [
    RegExp[],
    RegExp[],
    RegExp[],
    RegExp[],
  ];
  const matches = (list: readonly RegExp[], text: string): boolean => list.some((pattern) => pattern.test(text));
  return ({ url = '/', method = 'GET', headers: { host = '' } }) => {
    const path = url.split('?')[0] ?? '/';
    return matches(hosts, host.replace(/:\d+$/, '')) && matches(accepted, path) && !matches(rejected, path) && !matches(methods, method);
  };
}
