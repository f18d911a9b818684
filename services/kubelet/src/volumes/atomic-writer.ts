/**
 * Writes a set of files so that readers see all of the old or all of the new ones: the files lie in a time-stamped
 * directory, `..data` points to it, and each visible name points through `..data`. An update moves one symbolic link.
 */
import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, readdir, readFile, readlink, rename, rm, stat, symlink, unlink, writeFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';

export interface PayloadFile {
  data: Buffer;
  mode: number;
}

export type Payload = ReadonlyMap<string, PayloadFile>;

export interface WriteOptions {
  /** Group that owns the files. */
  fsGroup?: number;
}

const dataLink = '..data';

/** Makes `dir` show exactly `payload`. Resolves with false where it did already. */
export async function writePayload(dir: string, payload: Payload, { fsGroup }: WriteOptions = {}): Promise<boolean> {
  for (const path of payload.keys()) checkPath(path);
  await mkdir(dir, { recursive: true });
  const current = await currentVersion(dir);
  if (current !== undefined && (await isSame(join(dir, current), payload, fsGroup))) return false;
  const version = `..${stamp()}.${randomBytes(4).toString('hex')}`;
  await writeFiles(join(dir, version), payload, fsGroup);
  await rm(join(dir, '..data_tmp'), { force: true });
  await symlink(version, join(dir, '..data_tmp'));
  await rename(join(dir, '..data_tmp'), join(dir, dataLink));
  await linkVisibleNames(dir, payload);
  if (current !== undefined) await rm(join(dir, current), { recursive: true, force: true });
  return true;
}

async function currentVersion(dir: string): Promise<string | undefined> {
  try {
    return await readlink(join(dir, dataLink));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function isSame(dir: string, payload: Payload, fsGroup: number | undefined): Promise<boolean> {
  try {
    const files = (await readdir(dir, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    if (files.length !== payload.size) return false;
    for (const [path, { data, mode }] of payload) {
      const file = join(dir, path);
      if (((await stat(file)).mode & 0o777) !== modeOf(mode, fsGroup) || !data.equals(await readFile(file))) return false;
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

async function writeFiles(dir: string, payload: Payload, fsGroup: number | undefined): Promise<void> {
  await mkdir(dir, { mode: 0o755 });
  await Promise.all(
    [...payload].map(async ([path, { data, mode }]) => {
      const file = join(dir, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, data);
      if (fsGroup !== undefined) await chown(file, 0, fsGroup);
      await chmod(file, modeOf(mode, fsGroup));
    }),
  );
}

/** A pod's group reads what its owner reads. */
function modeOf(mode: number, fsGroup: number | undefined): number {
  return fsGroup === undefined ? mode : mode | 0o440;
}

/** One link for each first part of a path; names of files that are gone go too. */
async function linkVisibleNames(dir: string, payload: Payload): Promise<void> {
  const wanted = new Set([...payload.keys()].map((path) => path.split('/')[0] ?? path));
  const present = new Set((await readdir(dir)).filter((name) => !name.startsWith('..')));
  await Promise.all([
    ...[...wanted].filter((name) => !present.has(name)).map((name) => symlink(join(dataLink, name), join(dir, name))),
    ...[...present].filter((name) => !wanted.has(name)).map((name) => unlink(join(dir, name))),
  ]);
}

function checkPath(path: string): void {
  if (path === '' || path.startsWith('/') || path.split('/').includes('..') || normalize(path).startsWith('..'))
    throw new Error(`invalid path ${JSON.stringify(path)}: must be relative and inside of the volume`);
}

/** Upstream's name for a version: ..2025_01_31_12_00_00.<random>. */
function stamp(): string {
  return new Date().toISOString().slice(0, 19).replaceAll(/[-T:]/g, '_');
}
