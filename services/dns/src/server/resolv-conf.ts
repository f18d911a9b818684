/** The resolvers a machine is set up with: resolv.conf(5). */
import type { Upstream } from './forwarder.ts';

/** At most the three that libc takes. */
const maxServers = 3;

/** Servers named in the text, but for those in `not`: to ask ourselves would go round in circles. */
export function readResolvConf(text: string, not: ReadonlySet<string> = new Set()): Upstream[] {
  const addresses = [...text.matchAll(/^\s*nameserver\s+(\S+)/gm)].map(([, address]) => address ?? '');
  return [...new Set(addresses)]
    .filter((address) => !not.has(address))
    .slice(0, maxServers)
    .map((address) => ({ address, port: 53 }));
}

/** `192.0.2.1`, `192.0.2.1:5353`, `2001:db8::1` or `[2001:db8::1]:5353`; undefined where it is none of these. */
export function parseUpstream(text: string): Upstream | undefined {
  const [, v6, v4, port] = /^(?:\[([0-9a-fA-F:.]+)\]|([\d.]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const address = v6 ?? v4 ?? (/^[0-9a-fA-F:]+$/.test(text) ? text : undefined);
  return address === undefined ? undefined : { address, port: Number(port ?? 53) };
}
