/** The rules in the kernel's own chains that lead into ours. */
import { chains } from './chain-names.ts';
import type { Table } from './chain-text.ts';

export interface Jump {
  readonly table: Table;
  readonly from: string;
  readonly to: string;
  /** Matches, each argument by itself. */
  readonly match: readonly string[];
}

const isNew = ['-m', 'conntrack', '--ctstate', 'NEW'];
const comment = (text: string): string[] => ['-m', 'comment', '--comment', text];
const jumps = (table: Table, to: string, match: readonly string[], from: readonly string[]): Jump[] =>
  from.map((chain) => ({ table, from: chain, to, match }));

/** In the order in which they are written; each is put before all rules that are there. */
export const ourJumps: readonly Jump[] = [
  ...jumps(
    'filter',
    chains.externalServices,
    [...isNew, ...comment('kubernetes externally-visible service portals')],
    ['INPUT', 'FORWARD'],
  ),
  ...jumps('filter', chains.nodePorts, comment('kubernetes health check service ports'), ['INPUT']),
  ...jumps('filter', chains.services, [...isNew, ...comment('kubernetes service portals')], ['FORWARD', 'OUTPUT']),
  ...jumps('filter', chains.forward, comment('kubernetes forwarding rules'), ['FORWARD']),
  ...jumps('filter', chains.proxyFirewall, [...isNew, ...comment('kubernetes load balancer firewall')], ['INPUT', 'OUTPUT', 'FORWARD']),
  ...jumps('nat', chains.services, comment('kubernetes service portals'), ['OUTPUT', 'PREROUTING']),
  ...jumps('nat', chains.postrouting, comment('kubernetes postrouting rules'), ['POSTROUTING']),
];

/** Needed where node ports answer on loopback. The kubelet makes the same ones, so a cleanup leaves them. */
export const localnetJumps: readonly Jump[] = jumps('filter', chains.firewall, [], ['INPUT', 'OUTPUT']);

/** A rule as iptables-restore takes it, without its verb. */
export const jumpText = ({ from, to, match }: Jump): string =>
  [from, ...match.map((word) => (word.includes(' ') ? `"${word}"` : word)), '-j', to].join(' ');
