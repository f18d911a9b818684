/** The settings of a cluster: given at its first `up`, kept beside its data, checked against what later ones ask. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ClusterSettings, hostNetwork } from './cluster.ts';
import { overlaps, parseRange } from './ipv4.ts';
import { SetupError } from './setup-error.ts';

/** What the command line asks for; absent: as it was, or the default. */
export interface WantedSettings {
  nodes?: number;
  podCidr?: string;
  serviceCidr?: string;
}

export const defaults: ClusterSettings = {
  nodes: 1,
  podCidr: '10.244.0.0/16',
  serviceCidr: '10.96.0.0/12',
  etcdPort: 2379,
  etcdPeerPort: 2380,
};

const fileIn = (dataDir: string): string => join(dataDir, 'cluster.json');

/** Undefined where the directory holds no cluster. Throws SetupError where its file is damaged. */
export function readSettings(dataDir: string): ClusterSettings | undefined {
  const file = fileIn(dataDir);
  if (!existsSync(file)) return undefined;
  try {
    return { ...defaults, ...(JSON.parse(readFileSync(file, 'utf8')) as Partial<ClusterSettings>) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const remedy = 'mend it, or remove it: the next `up` writes it with the settings it is given';
    throw new SetupError({ what: `settings in ${file}`, why: error.message, remedy }, { cause: error });
  }
}

export function writeSettings(dataDir: string, settings: ClusterSettings): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o711 });
  const file = fileIn(dataDir);
  writeFileSync(`${file}.new`, `${JSON.stringify(settings, null, 2)}\n`);
  renameSync(`${file}.new`, file);
}

/** Throws SetupError where the wish is no possible cluster, or another than the one that is there. */
export function settle(present: ClusterSettings | undefined, wanted: WantedSettings): ClusterSettings {
  const settings = { ...(present ?? defaults), ...Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined)) };
  if (!Number.isInteger(settings.nodes) || settings.nodes < 1 || settings.nodes > 20)
    throw new SetupError({ what: '--nodes', why: `${settings.nodes} is not a number from 1 to 20` });
  const pods = rangeOf('--pod-network-cidr', settings.podCidr);
  const services = rangeOf('--service-cidr', settings.serviceCidr);
  const hosts = rangeOf('hosts', hostNetwork);
  if (pods.size < 256 * settings.nodes)
    throw new SetupError({
      what: '--pod-network-cidr',
      why: `${settings.podCidr} is too small for a /24 on each of ${settings.nodes} nodes`,
    });
  if (services.size < 16) throw new SetupError({ what: '--service-cidr', why: `${settings.serviceCidr} has fewer than 16 addresses` });
  for (const [a, b, names] of [
    [pods, services, 'pods and services'],
    [pods, hosts, `pods and hosts (${hostNetwork})`],
    [services, hosts, `services and hosts (${hostNetwork})`],
  ] as const)
    if (overlaps(a, b)) throw new SetupError({ what: 'address ranges', why: `those of ${names} overlap` });
  if (present)
    for (const [flag, key] of [
      ['--pod-network-cidr', 'podCidr'],
      ['--service-cidr', 'serviceCidr'],
    ] as const)
      if (settings[key] !== present[key])
        throw new SetupError({ what: flag, why: `the cluster that is there has ${present[key]}`, remedy: '`t8s down --purge` removes it' });
  return settings;
}

function rangeOf(flag: string, cidr: string): { first: number; size: number } {
  const range = parseRange(cidr);
  if (!range) throw new SetupError({ what: flag, why: `'${cidr}' is not an IPv4 range such as 10.244.0.0/16` });
  return range;
}
