import { chmod, chown, mkdir } from 'node:fs/promises';
import type { EmptyDirVolumeSource } from '@t8s/api';
import { parseQuantity } from '@t8s/meta';
import { runCommand } from '../network/run-command.ts';
import { isMountPoint } from './mounts.ts';

/** A directory that lives as long as its pod; `medium: Memory` is a tmpfs. Idempotent. */
export async function prepareEmptyDir(
  dir: string,
  { medium, sizeLimit }: EmptyDirVolumeSource,
  fsGroup: number | undefined,
): Promise<void> {
  await mkdir(dir, { recursive: true });
  if (medium === 'Memory' && !(await isMountPoint(dir))) {
    const size = sizeLimit === undefined ? [] : ['-o', `size=${parseQuantity(sizeLimit).value}`];
    await runCommand('mount', ['-t', 'tmpfs', ...size, 'tmpfs', dir]);
  }
  if (fsGroup !== undefined) await chown(dir, 0, fsGroup);
  await chmod(dir, fsGroup === undefined ? 0o777 : 0o2777);
}
