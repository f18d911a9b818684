/** Where a proxied request goes. */
import { BlockList, isIP } from 'node:net';
import { badRequest } from '@t8s/meta';
import type { ResourceContext } from '../context.ts';

export interface Backend {
  scheme: 'http' | 'https';
  host: string;
  port: number;
  /** Our certificate, and the CA of the backend's; without a CA nobody vouches for the backend. */
  tls?: { cert?: string; key?: string; ca?: string };
}

export interface SchemeNamePort {
  scheme: 'http' | 'https' | '';
  name: string;
  port: string;
}

/** `name`, `name:port` or `scheme:name:port`, as upstream's SplitSchemeNamePort. Throws BadRequest. */
export function splitSchemeNamePort(id: string, what: string): SchemeNamePort {
  const parts = id.split(':');
  const [scheme = '', name = '', port = ''] = parts.length === 3 ? parts : ['', ...parts];
  if (parts.length > 3 || name === '' || !['', 'http', 'https'].includes(scheme))
    throw badRequest(`invalid ${what} request ${JSON.stringify(id)}`);
  return { scheme: scheme as SchemeNamePort['scheme'], name, port };
}

/** Addresses that mean this machine, or no machine: nobody is led there by what an object says (Go's IsGlobalUnicast). */
const local = new BlockList();
local.addSubnet('0.0.0.0', 32);
local.addSubnet('127.0.0.0', 8);
local.addSubnet('169.254.0.0', 16);
local.addSubnet('224.0.0.0', 4);
local.addSubnet('255.255.255.255', 32);
local.addSubnet('::', 127, 'ipv6');
local.addSubnet('fe80::', 10, 'ipv6');
local.addSubnet('ff00::', 8, 'ipv6');

/** Throws BadRequest unless the address is one that a request may be sent to. */
export function checkProxyable(address: string): void {
  const version = isIP(address);
  if (version === 0 || local.check(address, version === 6 ? 'ipv6' : 'ipv4')) throw badRequest('address not allowed');
}

/** Throws BadRequest. */
export function portNumber(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535) throw badRequest(`address ${text}: invalid port`);
  return port;
}

/** The proxied request's own path: up to `proxy`, and what follows it. As the client has escaped it. */
export interface ProxyPath {
  /** `/api/v1/namespaces/d/services/web/proxy` */
  prefix: string;
  /** Begins with a slash, or is empty. */
  rest: string;
  /** With its mark, or empty. */
  query: string;
}

export function proxyPath({ request, info, query: parameters }: ResourceContext): ProxyPath {
  const [path = '', ...queries] = (request.url ?? '').split('?');
  const query = queries.length > 0 ? `?${queries.join('?')}` : '';
  const segments = path.split('/');
  const end = (info.namespace === '' ? 5 : 7) + 1;
  const prefix = segments.slice(0, end).join('/');
  const rest = segments.length > end ? `/${segments.slice(end).join('/')}` : '';
  if (rest !== '') return { prefix, rest, query };
  const asked = parameters.get('path') ?? '';
  return { prefix, rest: asked === '' || asked.startsWith('/') ? encodeURI(asked) : `/${encodeURI(asked)}`, query };
}
