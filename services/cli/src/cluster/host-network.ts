/** The network that the hosts of a cluster share: a bridge on this machine, and a network namespace for each further host. */
import { existsSync } from 'node:fs';
import { bridge, type ClusterSettings, type Host, hostNetwork } from './cluster.ts';
import { nthAddress } from './ipv4.ts';
import { CommandError, run, succeeds } from './run-command.ts';

const gateway = nthAddress(hostNetwork, 1);
const prefix = hostNetwork.split('/')[1];
const chains = { filter: ['T8S-HOSTS-INPUT', 'T8S-HOSTS-FORWARD'], nat: ['T8S-HOSTS-MASQ'] } as const;

/** The bridge with this machine's address on it, and the rules that let its hosts speak with each other and the world. */
export async function ensureBridge({ podCidr }: ClusterSettings): Promise<void> {
  if (!(await succeeds('ip', ['link', 'show', bridge]))) await run('ip', ['link', 'add', bridge, 'type', 'bridge']);
  await run('ip', ['address', 'replace', `${gateway}/${prefix}`, 'dev', bridge]);
  await run('ip', ['link', 'set', bridge, 'up']);
  await forwardPackets();
  // Without it a pod can't reach, through a service, a pod on the same bridge.
  if (!existsSync('/proc/sys/net/bridge')) await run('modprobe', ['br_netfilter']);
  await run('iptables-restore', ['--noflush', '-w', '5'], { stdin: rules(podCidr) });
  await ensureJump('filter', 'INPUT', 'T8S-HOSTS-INPUT');
  await ensureJump('filter', 'FORWARD', 'T8S-HOSTS-FORWARD');
  await ensureJump('nat', 'POSTROUTING', 'T8S-HOSTS-MASQ');
}

/** Traffic between hosts and pods keeps its addresses; what leaves for elsewhere takes this machine's. */
function rules(podCidr: string): string {
  return [
    '*filter',
    ':T8S-HOSTS-INPUT - [0:0]',
    `-A T8S-HOSTS-INPUT -i ${bridge} -j ACCEPT`,
    '-A T8S-HOSTS-INPUT -i cni0 -j ACCEPT',
    ':T8S-HOSTS-FORWARD - [0:0]',
    `-A T8S-HOSTS-FORWARD -i ${bridge} -j ACCEPT`,
    `-A T8S-HOSTS-FORWARD -o ${bridge} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`,
    'COMMIT',
    '*nat',
    ':T8S-HOSTS-MASQ - [0:0]',
    `-A T8S-HOSTS-MASQ -d ${hostNetwork} -j RETURN`,
    `-A T8S-HOSTS-MASQ -d ${podCidr} -j RETURN`,
    `-A T8S-HOSTS-MASQ -s ${hostNetwork} ! -o ${bridge} -j MASQUERADE`,
    'COMMIT',
    '',
  ].join('\n');
}

async function ensureJump(table: string, chain: string, target: string): Promise<void> {
  if (!(await succeeds('iptables', ['-w', '5', '-t', table, '-C', chain, '-j', target])))
    await run('iptables', ['-w', '5', '-t', table, '-I', chain, '-j', target]);
}

/** The namespace of a further host, with its link to the bridge and its default route. Repeats change nothing. */
export async function ensureHost({ name, index, address, netns }: Host): Promise<void> {
  if (netns === undefined) return;
  const namespace = `t8s-${name}`;
  const link = linkName(index);
  if (!(await succeeds('ip', ['netns', 'exec', namespace, 'true']))) {
    await succeeds('ip', ['netns', 'delete', namespace]);
    await run('ip', ['netns', 'add', namespace]);
  }
  const isLinked = (await succeeds('ip', ['link', 'show', link])) && (await succeeds('ip', ['link', 'show', 'eth0'], { netns }));
  if (!isLinked) {
    await succeeds('ip', ['link', 'delete', link]);
    await run('ip', ['link', 'add', link, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace]);
  }
  await run('ip', ['link', 'set', link, 'master', bridge, 'up']);
  // With br_netfilter a node port answers a host on the bridge by the way it came: to a pod of that very host, too.
  await run('ip', ['link', 'set', link, 'type', 'bridge_slave', 'hairpin', 'on']);
  await run('ip', ['link', 'set', 'lo', 'up'], { netns });
  await run('ip', ['address', 'replace', `${address}/${prefix}`, 'dev', 'eth0'], { netns });
  await run('ip', ['link', 'set', 'eth0', 'up'], { netns });
  await run('ip', ['route', 'replace', 'default', 'via', gateway], { netns });
  await forwardPackets(netns);
}

/** The file shows the setting of the network namespace of whoever opens it. */
async function forwardPackets(netns?: string): Promise<void> {
  await run('sh', ['-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward'], netns === undefined ? {} : { netns });
}

/** This machine's end of a host's link: taking it down cuts the host off. */
export const linkName = (index: number): string => `t8s-veth-${index}`;

export async function removeHost({ name, index, netns }: Host): Promise<void> {
  if (netns === undefined) return;
  await succeeds('ip', ['link', 'delete', linkName(index)]);
  if (existsSync(netns)) await run('ip', ['netns', 'delete', `t8s-${name}`]);
}

export async function removeBridge(): Promise<void> {
  for (const [table, names] of Object.entries(chains)) await removeChains(table, names);
  await succeeds('ip', ['link', 'delete', bridge]);
}

/** Removes chains with every jump to them. */
export async function removeChains(table: string, names: readonly string[]): Promise<void> {
  const present = await listRules(table);
  const ours = names.filter((name) => present.includes(`-N ${name}`));
  for (const rule of present) {
    const target = / -[jg] (\S+)/.exec(rule)?.[1] ?? '';
    const chain = rule.split(' ')[1] ?? '';
    if (rule.startsWith('-A ') && ours.includes(target) && !ours.includes(chain))
      await run('iptables', ['-w', '5', '-t', table, '-D', ...splitRule(rule.slice(3))]);
  }
  for (const name of ours) await run('iptables', ['-w', '5', '-t', table, '-F', name]);
  for (const name of ours) await run('iptables', ['-w', '5', '-t', table, '-X', name]);
}

/** As `iptables -S` prints them; empty where the machine has no iptables. */
export async function listRules(table: string): Promise<string[]> {
  try {
    return (await run('iptables', ['-w', '5', '-t', table, '-S'])).split('\n').filter((line) => line !== '');
  } catch (error) {
    if (error instanceof CommandError && error.code === null) return [];
    throw error;
  }
}

/** Words of a printed rule; comments stand in quotes. */
export function splitRule(rule: string): string[] {
  return [...rule.matchAll(/"((?:[^"\\]|\\.)*)"|\S+/g)].map(([word, quoted]) => quoted?.replaceAll(/\\(.)/g, '$1') ?? word);
}
