/** Cuts an IPv4 range into equal subnets and hands them out in order: what was released comes last. */
export class CidrSet {
  readonly #base: number;
  readonly #mask: number;
  readonly #count: number;
  readonly #used = new Set<number>();
  #next = 0;

  /** `clusterCidr` such as `10.244.0.0/16`; `nodeMask` the prefix length of a subnet. Throws on what is no range or too small. */
  constructor(clusterCidr: string, nodeMask: number) {
    const { base, prefix } = parseCidr(clusterCidr);
    if (nodeMask < prefix || nodeMask > 30)
      throw new RangeError(`node CIDR mask size /${nodeMask} does not fit into cluster CIDR ${clusterCidr}`);
    this.#base = base;
    this.#mask = nodeMask;
    this.#count = 2 ** (nodeMask - prefix);
  }

  /** A free subnet, or undefined when all are taken. */
  allocate(): string | undefined {
    for (let tried = 0; tried < this.#count; tried++) {
      const index = (this.#next + tried) % this.#count;
      if (this.#used.has(index)) continue;
      this.#used.add(index);
      this.#next = index + 1;
      return `${formatAddress(this.#base + index * 2 ** (32 - this.#mask))}/${this.#mask}`;
    }
    return undefined;
  }

  /** Marks what a node has already: all the subnets that overlap with it. */
  occupy(cidr: string): void {
    for (const index of this.#overlapping(cidr)) this.#used.add(index);
  }

  release(cidr: string): void {
    for (const index of this.#overlapping(cidr)) this.#used.delete(index);
  }

  #overlapping(cidr: string): number[] {
    const { base, prefix } = parseCidr(cidr);
    const size = 2 ** (32 - this.#mask);
    const first = Math.max(0, Math.floor((base - this.#base) / size));
    const last = Math.min(this.#count - 1, Math.floor((base + 2 ** (32 - prefix) - 1 - this.#base) / size));
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
  }
}

function parseCidr(cidr: string): { base: number; prefix: number } {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr);
  const [a = 256, b = 256, c = 256, d = 256, prefix = 33] = (match ?? []).slice(1).map(Number);
  if ([a, b, c, d].some((n) => n > 255) || prefix > 32) throw new RangeError(`'${cidr}' is not an IPv4 range such as 10.244.0.0/16`);
  const size = 2 ** (32 - prefix);
  const address = a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d;
  return { base: address - (address % size), prefix };
}

const formatAddress = (n: number): string => [24, 16, 8, 0].map((shift) => Math.floor(n / 2 ** shift) % 256).join('.');
