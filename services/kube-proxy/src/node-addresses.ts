/** This machine's addresses, and what they say about node ports. */
import { BlockList, isIPv4 } from 'node:net';
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import { UsageError } from '@t8s/component';

/** All IPv4 addresses of this network namespace. */
export function localAddresses(interfaces: NodeJS.Dict<NetworkInterfaceInfo[]> = networkInterfaces()): ReadonlySet<string> {
  return new Set(
    Object.values(interfaces)
      .flatMap((infos) => infos ?? [])
      .flatMap(({ family, address }) => (family === 'IPv4' ? [address] : [])),
  );
}

/** Reads --nodeport-addresses. Resolves to a choice of addresses; undefined: every local address. Throws UsageError. */
export function nodePortFilter(ranges: readonly string[]): ((address: string) => boolean) | undefined {
  const accepted = new BlockList();
  for (const range of ranges) {
    const [address = '', bits = ''] = range.split('/');
    if (address.includes(':')) continue;
    if (!isIPv4(address) || !/^\d{1,2}$/.test(bits) || Number(bits) > 32)
      throw new UsageError(`--nodeport-addresses wants ranges such as 192.0.2.0/24, not '${range}'`);
    if (bits === '0' || bits === '00') return undefined;
    accepted.addSubnet(address, Number(bits));
  }
  return ranges.length === 0 ? undefined : (address) => accepted.check(address);
}
