/** What kubelet, kube-proxy and the CNI plugins leave in the kernel of this machine: removed after them. */
import { join } from 'node:path';
import { listRules, removeChains, splitRule } from './host-network.ts';
import type { Installation } from './processes.ts';
import { run, succeeds } from './run-command.ts';

const network = 't8s';

/** The kube-proxy's own clean-up knows its chains. */
export async function removeServiceRules({ dir }: Installation): Promise<void> {
  const rules = [...(await listRules('nat')), ...(await listRules('filter'))];
  if (rules.some((rule) => rule.startsWith('-N KUBE-'))) await run(process.execPath, [join(dir, 'bin/kube-proxy.js'), '--cleanup']);
}

/** The built-in network: its bridge, rules, and port mappings. A network of the machine's own configuration is left alone. */
export async function removePodNetwork(): Promise<void> {
  const isBuiltIn = (await listRules('nat')).includes('-N T8S-POD-MASQ');
  await removePortMappings();
  await removeChains('filter', ['T8S-POD-FORWARD']);
  await removeChains('nat', ['T8S-POD-MASQ']);
  if (isBuiltIn) await succeeds('ip', ['link', 'delete', 'cni0']);
}

/** The portmap plugin's chains of our network; those that all networks share go when no other uses them. */
async function removePortMappings(): Promise<void> {
  const mapping = /^-A CNI-HOSTPORT-DNAT .*--comment "dnat name: \\"([^\\"]*)\\".* -j (CNI-DN-\S+)/;
  const rules = await listRules('nat');
  const ours = rules.flatMap((rule) => {
    const [, name, chain] = mapping.exec(rule) ?? [];
    return name === network && chain !== undefined ? [chain] : [];
  });
  await removeChains('nat', ours);
  const left = await listRules('nat');
  const shared = ['CNI-HOSTPORT-DNAT', 'CNI-HOSTPORT-SETMARK', 'CNI-HOSTPORT-MASQ'];
  if (left.some((rule) => /^-N CNI-DN-/.test(rule) || splitRule(rule).includes('podman'))) return;
  const isPlain = !left.some((rule) => rule.startsWith('-A CNI-HOSTPORT-DNAT '));
  if (isPlain) await removeChains('nat', shared);
}
