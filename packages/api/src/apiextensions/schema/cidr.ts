import { isIP } from 'node:net';

/** An address with the length of its prefix; octets may have leading zeros. */
export function isCidr(text: string): boolean {
  const [, address = '', length = ''] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
  const version = isIP(address.replaceAll(/\b0+(?=\d)/g, '')) || isIP(address);
  return version !== 0 && !address.includes('%') && Number(length) <= (version === 4 ? 32 : 128);
}
