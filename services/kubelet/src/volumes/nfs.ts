import { mkdir } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import type { NFSVolumeSource } from '@t8s/api';
import { runCommand } from '../network/run-command.ts';
import { isMountPoint } from './mounts.ts';

/**
 * Mounts a directory of an NFS server at `dir`. Idempotent. The node needs mount.nfs (Debian's nfs-common). Whoever makes a pod names
 * the server: nothing of it becomes an option of mount.
 */
export async function mountNfs(
  dir: string,
  { server, path, readOnly = false }: NFSVolumeSource,
  mountOptions: readonly string[],
): Promise<void> {
  if (server.startsWith('-')) throw new Error(`invalid NFS server ${JSON.stringify(server)}`);
  await mkdir(dir, { recursive: true, mode: 0o750 });
  if (await isMountPoint(dir)) return;
  const options = [...(readOnly ? ['ro'] : []), ...mountOptions];
  await runCommand('mount', [
    '-t',
    'nfs',
    ...(options.length > 0 ? ['-o', options.join(',')] : []),
    '--',
    `${isIPv6(server) ? `[${server}]` : server}:${path}`,
    dir,
  ]);
}
