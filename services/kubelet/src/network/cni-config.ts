/** Network configurations: https://www.cni.dev/docs/spec/ section 1. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface CniPlugin {
  type: string;
  capabilities?: Record<string, boolean>;
  [key: string]: unknown;
}

export interface CniNetwork {
  cniVersion: string;
  name: string;
  plugins: CniPlugin[];
}

export class CniConfigError extends Error {
  override readonly name = 'CniConfigError';
}

/** The first valid configuration of a directory in the order of its file names; undefined where it holds none. */
export function findNetwork(dir: string): CniNetwork | undefined {
  let names: string[];
  try {
    names = readdirSync(dir);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const file = names.filter((name) => /\.(conf|conflist|json)$/.test(name)).sort()[0];
  return file === undefined ? undefined : parseNetwork(readFileSync(join(dir, file), 'utf8'), file);
}

export function parseNetwork(text: string, file: string): CniNetwork {
  let value: Partial<CniNetwork> & Partial<CniPlugin>;
  try {
    value = JSON.parse(text) as Partial<CniNetwork> & Partial<CniPlugin>;
  } catch (error) {
    throw new CniConfigError(`network configuration ${file} is not JSON: ${(error as Error).message}`);
  }
  const { name, cniVersion = '0.2.0' } = value;
  if (typeof name !== 'string' || name === '') throw new CniConfigError(`network configuration ${file} has no name`);
  const plugins = value.plugins ?? (typeof value.type === 'string' ? [value as CniPlugin] : []);
  if (plugins.length === 0) throw new CniConfigError(`network configuration ${file} has no plugins`);
  return { name, cniVersion, plugins };
}

/** The built-in network: a bridge with the node's range of addresses, and host ports. */
export function builtInNetwork(podCidr: string, ipamDir: string): CniNetwork {
  return {
    cniVersion: '1.0.0',
    name: 't8s',
    plugins: [
      {
        type: 'bridge',
        bridge: 'cni0',
        isGateway: true,
        hairpinMode: true,
        // The node may get another range than the one the bridge was made for.
        forceAddress: true,
        ipam: { type: 'host-local', ranges: [[{ subnet: podCidr }]], routes: [{ dst: '0.0.0.0/0' }], dataDir: ipamDir },
      },
      { type: 'portmap', capabilities: { portMappings: true }, snat: true },
    ],
  };
}
