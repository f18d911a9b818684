import { chmod, lchown, lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Gives all below `dir` to the pod's group, which may read and write it and owns what comes
 * (https://kubernetes.io/docs/tasks/configure-pod-container/security-context/#configure-volume-permission-and-ownership-change-policy-for-pods).
 */
export async function giveToGroup(dir: string, fsGroup: number, policy = 'Always'): Promise<void> {
  const { gid, mode } = await lstat(dir);
  if (policy === 'OnRootMismatch' && gid === fsGroup && (mode & 0o2770) === 0o2770) return;
  // The directory itself comes last: a walk that was cut short begins anew.
  const entries = await readdir(dir, { withFileTypes: true });
  for (const entry of entries) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) await giveToGroup(path, fsGroup);
    else await give(path, fsGroup, 0o660);
  }
  await give(dir, fsGroup, 0o2770);
}

async function give(path: string, fsGroup: number, bits: number): Promise<void> {
  const { uid, gid, mode } = await lstat(path);
  if (gid !== fsGroup) await lchown(path, uid, fsGroup);
  const isLink = (mode & 0o170000) === 0o120000;
  if (!isLink && (mode & bits) !== bits) await chmod(path, (mode & 0o7777) | bits);
}
