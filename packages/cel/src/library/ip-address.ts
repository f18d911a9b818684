import { isIPv4, isIPv6 } from 'node:net';
import { evaluationError } from '../cel-error.ts';

/** An IPv4 or IPv6 address: no zones, no IPv4 in IPv6, no leading zeros. */
export class IpAddress {
  readonly bits: bigint;
  readonly family: 4 | 6;
  readonly #text: string;

  /** `text` is in canonical form. */
  constructor(bits: bigint, family: 4 | 6, text: string) {
    this.bits = bits;
    this.family = family;
    this.#text = text;
  }

  /** Throws CelError in upstream's words. */
  static parse(text: string): IpAddress {
    const told = JSON.stringify(text);
    if (isIPv4(text))
      return IpAddress.ofBits(
        text.split('.').reduce((bits, octet) => bits * 256n + BigInt(octet), 0n),
        4,
      );
    if (!isIPv6(text))
      throw evaluationError(`IP Address ${told} parse error during conversion from string: ParseAddr(${told}): unable to parse IP`);
    if (text.includes('%')) throw evaluationError(`IP address ${told} with zone value is not allowed`);
    const address = IpAddress.ofBits(bitsOfIpv6(text), 6);
    if (address.bits >> 32n === 0xffffn) throw evaluationError(`IPv4-mapped IPv6 address ${told} is not allowed`);
    return address;
  }

  static ofBits(bits: bigint, family: 4 | 6): IpAddress {
    const parts = (count: number, width: bigint): bigint[] =>
      Array.from({ length: count }, (_, i) => (bits >> (width * BigInt(count - 1 - i))) & ((1n << width) - 1n));
    const text = family === 4 ? parts(4, 8n).join('.') : shortened(parts(8, 16n));
    return new IpAddress(bits, family, text);
  }

  get length(): number {
    return this.family === 4 ? 32 : 128;
  }

  /** Whether its first bits are those of `prefix`, an address of the same family. */
  startsWith(prefix: IpAddress, bits: number): boolean {
    const rest = BigInt(this.length - bits);
    return this.family === prefix.family && this.bits >> rest === prefix.bits >> rest;
  }

  equals(other: IpAddress): boolean {
    return this.family === other.family && this.bits === other.bits;
  }

  toString(): string {
    return this.#text;
  }
}

/** The URL parser writes every IPv6 address in its shortest form, without dots. */
const hostOf = (text: string): string => new URL(`http://[${text}]`).hostname.slice(1, -1);

function bitsOfIpv6(text: string): bigint {
  const [head = '', tail] = hostOf(text).split('::');
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const [first, last] = [groups(head), groups(tail ?? '')];
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => '0');
  return [...first, ...zeros, ...last].reduce((bits, group) => (bits << 16n) + BigInt(`0x${group}`), 0n);
}

const shortened = (groups: readonly bigint[]): string => hostOf(groups.map((group) => group.toString(16)).join(':'));
