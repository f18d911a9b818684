/** Kubernetes' ip and cidr libraries. */
import type { Environment } from '@marcbachmann/cel-js';
import { CelError, evaluationError } from '../cel-error.ts';
import { IpAddress } from './ip-address.ts';

class Cidr {
  readonly ip: IpAddress;
  readonly prefixLength: number;

  constructor(ip: IpAddress, prefixLength: number) {
    this.ip = ip;
    this.prefixLength = prefixLength;
  }

  static parse(text: string): Cidr {
    const wrong = (why: string): CelError =>
      evaluationError(`network address parse error during conversion from string: netip.ParsePrefix(${JSON.stringify(text)}): ${why}`);
    const slash = text.lastIndexOf('/');
    if (slash < 0) throw wrong("no '/'");
    const [address, bits] = [text.slice(0, slash), text.slice(slash + 1)];
    const ip = attempt(() => IpAddress.parse(address));
    if (!ip) throw wrong('unable to parse IP');
    if (!/^(?:0|[1-9]\d{0,2})$/.test(bits)) throw wrong(`bad bits after slash: ${JSON.stringify(bits)}`);
    if (Number(bits) > ip.length) throw wrong('prefix length out of range');
    return new Cidr(ip, Number(bits));
  }

  get masked(): Cidr {
    const rest = BigInt(this.ip.length - this.prefixLength);
    return new Cidr(IpAddress.ofBits((this.ip.bits >> rest) << rest, this.ip.family), this.prefixLength);
  }

  containsIp(ip: IpAddress): boolean {
    return ip.startsWith(this.ip, this.prefixLength);
  }

  containsCidr(other: Cidr): boolean {
    return other.prefixLength >= this.prefixLength && this.containsIp(other.ip);
  }

  equals(other: Cidr): boolean {
    return this.prefixLength === other.prefixLength && this.ip.equals(other.ip);
  }

  toString(): string {
    return `${this.ip}/${this.prefixLength}`;
  }
}

function attempt<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (error instanceof CelError) return undefined;
    throw error;
  }
}

const prefixes = (...texts: string[]): Cidr[] => texts.map((text) => Cidr.parse(text));
const isIn = (networks: readonly Cidr[]) => (ip: IpAddress) => networks.some((network) => network.containsIp(ip));
const isUnspecified = ({ bits }: IpAddress): boolean => bits === 0n;
const isLoopback = isIn(prefixes('127.0.0.0/8', '::1/128'));
const isLinkLocalMulticast = isIn(prefixes('224.0.0.0/24', 'ff02::/16'));
const isLinkLocalUnicast = isIn(prefixes('169.254.0.0/16', 'fe80::/10'));
const isMulticast = isIn(prefixes('224.0.0.0/4', 'ff00::/8'));
const isBroadcast = isIn(prefixes('255.255.255.255/32'));
const isGlobalUnicast = (ip: IpAddress): boolean =>
  ![isUnspecified, isLoopback, isMulticast, isLinkLocalUnicast, isBroadcast].some((is) => is(ip));

export function registerNetworks(env: Environment): void {
  class IpNamespace {}
  const [ip, cidr] = ['net.IP', 'net.CIDR'];
  const sync = { async: false };
  env
    .registerType(ip, { ctor: IpAddress })
    .registerType(cidr, { ctor: Cidr })
    .registerType('ip', { ctor: IpNamespace })
    .registerConstant('ip', 'ip', new IpNamespace())
    .registerOperator(`${ip} == ${ip}`, (a: IpAddress, b: IpAddress) => a.equals(b))
    .registerOperator(`${cidr} == ${cidr}`, (a: Cidr, b: Cidr) => a.equals(b))
    .registerFunction(`ip(string): ${ip}`, (text: string) => IpAddress.parse(text), sync)
    .registerFunction('isIP(string): bool', (text: string) => attempt(() => IpAddress.parse(text)) !== undefined, sync)
    .registerFunction('ip.isCanonical(string): bool', (_: IpNamespace, text: string) => `${IpAddress.parse(text)}` === text, sync)
    .registerFunction(`string(${ip}): string`, (address: IpAddress) => `${address}`, sync)
    .registerFunction(`${ip}.family(): int`, ({ family }: IpAddress) => BigInt(family), sync)
    .registerFunction(`${ip}.isUnspecified(): bool`, isUnspecified, sync)
    .registerFunction(`${ip}.isLoopback(): bool`, isLoopback, sync)
    .registerFunction(`${ip}.isLinkLocalMulticast(): bool`, isLinkLocalMulticast, sync)
    .registerFunction(`${ip}.isLinkLocalUnicast(): bool`, isLinkLocalUnicast, sync)
    .registerFunction(`${ip}.isGlobalUnicast(): bool`, isGlobalUnicast, sync)
    .registerFunction(`cidr(string): ${cidr}`, (text: string) => Cidr.parse(text), sync)
    .registerFunction('isCIDR(string): bool', (text: string) => attempt(() => Cidr.parse(text)) !== undefined, sync)
    .registerFunction(`string(${cidr}): string`, (network: Cidr) => `${network}`, sync)
    .registerFunction(`${cidr}.containsIP(string): bool`, (network: Cidr, text: string) => network.containsIp(IpAddress.parse(text)), sync)
    .registerFunction(`${cidr}.containsIP(${ip}): bool`, (network: Cidr, address: IpAddress) => network.containsIp(address), sync)
    .registerFunction(`${cidr}.containsCIDR(string): bool`, (network: Cidr, text: string) => network.containsCidr(Cidr.parse(text)), sync)
    .registerFunction(`${cidr}.containsCIDR(${cidr}): bool`, (network: Cidr, other: Cidr) => network.containsCidr(other), sync)
    .registerFunction(`${cidr}.ip(): ${ip}`, (network: Cidr) => network.ip, sync)
    .registerFunction(`${cidr}.masked(): ${cidr}`, (network: Cidr) => network.masked, sync)
    .registerFunction(`${cidr}.prefixLength(): int`, ({ prefixLength }: Cidr) => BigInt(prefixLength), sync);
}
