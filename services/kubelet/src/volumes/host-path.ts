/** hostPath: https://kubernetes.io/docs/concepts/storage/volumes/#hostpath-volume-types */

import type { Stats } from 'node:fs';
import { chmod, mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

const checks: Record<string, (stats: Stats) => boolean> = {
  Directory: (s) => s.isDirectory(),
  DirectoryOrCreate: (s) => s.isDirectory(),
  File: (s) => s.isFile(),
  FileOrCreate: (s) => s.isFile(),
  Socket: (s) => s.isSocket(),
  CharDevice: (s) => s.isCharacterDevice(),
  BlockDevice: (s) => s.isBlockDevice(),
};

const nouns: Record<string, string> = {
  Directory: 'a directory',
  DirectoryOrCreate: 'a directory',
  File: 'a file',
  FileOrCreate: 'a file',
  Socket: 'a socket file',
  CharDevice: 'a character device',
  BlockDevice: 'a block device',
};

/** Checks, and for …OrCreate creates, the path. Without a type a missing path becomes a directory, as with Docker's binds. */
export async function prepareHostPath(path: string, type = ''): Promise<void> {
  const found = await statOrUndefined(path);
  if (type === '') {
    if (!found) await mkdir(path, { recursive: true });
    return;
  }
  if (!found && type === 'DirectoryOrCreate') {
    await mkdir(path, { recursive: true });
    return chmod(path, 0o755);
  }
  if (!found && type === 'FileOrCreate') {
    if (!(await statOrUndefined(dirname(path)))) throw new Error(`hostPath type check failed: ${path} is not a file`);
    return writeFile(path, '', { mode: 0o644 });
  }
  if (!found || !checks[type]?.(found)) throw new Error(`hostPath type check failed: ${path} is not ${nouns[type] ?? `of type ${type}`}`);
}

async function statOrUndefined(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
