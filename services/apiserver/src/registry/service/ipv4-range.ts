/** An IPv4 range as numbers. */
export class Ipv4Range {
  readonly #base: number;
  readonly #size: number;
  readonly cidr: string;

  /** Whether a valid CIDR is one, with addresses to give. */
  static isRange(cidr: string): boolean {
    return /^[\d.]+\/([12]?\d|30)$/.test(cidr);
  }

  /** Throws RangeError on what is no range such as 10.96.0.0/12. */
  constructor(cidr: string) {
    const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr);
    const [a = 256, b = 256, c = 256, d = 256, prefix = 33] = (match ?? []).slice(1).map(Number);
    if ([a, b, c, d].some((n) => n > 255) || prefix > 30) throw new RangeError(`'${cidr}' is not an IPv4 range such as 10.96.0.0/12`);
    this.cidr = cidr;
    this.#size = 2 ** (32 - prefix);
    const address = a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d;
    this.#base = address - (address % this.#size);
  }

  /** Addresses that can be given: not the first (the network's) and not the last. */
  get usable(): number {
    return this.#size - 2;
  }

  /** The nth usable address, from 1. */
  at(n: number): string {
    const address = this.#base + n;
    return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
  }

  contains(ip: string): boolean {
    const parts = ip.split('.').map(Number);
    if (parts.length !== 4 || parts.some((n) => !Number.isInteger(n) || n < 0 || n > 255)) return false;
    const offset = parts.reduce((sum, n) => sum * 256 + n, 0) - this.#base;
    return offset > 0 && offset < this.#size - 1;
  }
}
