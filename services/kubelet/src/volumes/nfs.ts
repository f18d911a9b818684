import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { isHost, type NFSVolumeSource } from '@t8s/api';
import { runCommand } from '../network/run-command.ts';
import { isMountPoint } from './mounts.ts';

/** Where mount(8) looks for it, on every distribution. */
const helper = '/sbin/mount.nfs';

/** Mounts a directory of an NFS server at `dir`. Idempotent. The node needs mount.nfs; where it is missing the error says how to get it. */
export async function mountNfs(dir: string, source: NFSVolumeSource, mountOptions: readonly string[]): Promise<void> {
  const args = nfsMountArguments(dir, source, mountOptions);
  await mkdir(dir, { recursive: true, mode: 0o750 });
  if (await isMountPoint(dir)) return;
  try {
    await runCommand('mount', args);
  } catch (error) {
    if (existsSync(helper)) throw error;
    throw new Error(`${helper} is missing on this node: install nfs-common (Debian) or nfs-utils`, { cause: error });
  }
}

/**
 * Of mount(8). Whoever makes a pod names the server: nothing of it becomes an option, or a tag (`LABEL=…`) that names another device.
 */
export function nfsMountArguments(
  dir: string,
  { server, path, readOnly = false }: NFSVolumeSource,
  mountOptions: readonly string[],
): string[] {
  if (!isHost(server)) throw new Error(`invalid NFS server ${JSON.stringify(server)}`);
  const options = [...(readOnly ? ['ro'] : []), ...mountOptions];
  const named = options.length > 0 ? ['-o', options.join(',')] : [];
  return ['-t', 'nfs', ...named, '--', `${isIPv6(server) ? `[${server}]` : server}:${path}`, dir];
}
