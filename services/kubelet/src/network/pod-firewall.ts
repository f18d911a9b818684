/**
 * Rules for the built-in network, in chains of its own: pod traffic is forwarded whatever the policy (Docker sets DROP), and
 * what pods send out of the cluster leaves under the node's address. In the kubelet's network namespace.
 */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { CommandError, runCommand } from './run-command.ts';

export const forwardChain = 'T8S-POD-FORWARD';
export const masqueradeChain = 'T8S-POD-MASQ';

/** The whole rule set: `podCidr` is this node's range, `clusterCidrs` are all nodes'. */
export function podRules(podCidr: string, clusterCidrs: readonly string[]): string {
  const inside = [...new Set([podCidr, ...clusterCidrs])].sort();
  return [
    '*filter',
    `:${forwardChain} - [0:0]`,
    `-A ${forwardChain} -s ${podCidr} -m comment --comment "t8s pod traffic" -j ACCEPT`,
    `-A ${forwardChain} -d ${podCidr} -m comment --comment "t8s pod traffic" -j ACCEPT`,
    'COMMIT',
    '*nat',
    `:${masqueradeChain} - [0:0]`,
    ...[...inside, '224.0.0.0/4'].map((cidr) => `-A ${masqueradeChain} -d ${cidr} -j RETURN`),
    `-A ${masqueradeChain} -m comment --comment "t8s pod traffic to the outside" -j MASQUERADE`,
    'COMMIT',
    '',
  ].join('\n');
}

/** Writes the rules and the jumps to them, and turns on forwarding. Repeats change nothing. */
export async function applyPodRules(podCidr: string, clusterCidrs: readonly string[]): Promise<void> {
  await writeFile('/proc/sys/net/ipv4/ip_forward', '1');
  const bridged = '/proc/sys/net/bridge/bridge-nf-call-iptables';
  if (existsSync(bridged)) await writeFile(bridged, '1');
  await runCommand('iptables-restore', ['--noflush', '-w', '5'], { stdin: podRules(podCidr, clusterCidrs) });
  await ensureFirst('filter', ['FORWARD', '-m', 'comment', '--comment', 't8s pod traffic', '-j', forwardChain]);
  await removeJumpsOfOtherRanges(podCidr);
  await ensureFirst('nat', ['POSTROUTING', '-s', podCidr, '-m', 'comment', '--comment', 't8s pod traffic', '-j', masqueradeChain]);
}

async function ensureFirst(table: string, [chain = '', ...rule]: string[]): Promise<void> {
  try {
    await runCommand('iptables', ['-w', '5', '-t', table, '-C', chain, ...rule]);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    await runCommand('iptables', ['-w', '5', '-t', table, '-I', chain, '1', ...rule]);
  }
}

async function removeJumpsOfOtherRanges(podCidr: string): Promise<void> {
  const rules = await runCommand('iptables', ['-w', '5', '-t', 'nat', '-S', 'POSTROUTING']);
  for (const line of rules.split('\n')) {
    const source = /^-A POSTROUTING -s (\S+) .*-j T8S-POD-MASQ$/.exec(line)?.[1];
    if (source !== undefined && source !== podCidr)
      await runCommand('iptables', [
        '-w',
        '5',
        '-t',
        'nat',
        '-D',
        'POSTROUTING',
        '-s',
        source,
        '-m',
        'comment',
        '--comment',
        't8s pod traffic',
        '-j',
        masqueradeChain,
      ]);
  }
}
