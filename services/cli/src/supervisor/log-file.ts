/** Log files that processes write into themselves, so that they outlive the supervisor; kept small by copy and truncate. */
import { closeSync, copyFileSync, openSync, statSync, truncateSync } from 'node:fs';

const limit = 16 * 1024 * 1024;

/** Calls `use` with a descriptor that appends to the file. */
export function withLog<T>(file: string, use: (descriptor: number) => T): T {
  rotate(file);
  const descriptor = openSync(file, 'a', 0o640);
  try {
    return use(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Moves a file beyond the limit to `<file>.1`. What is written between copy and truncation is lost: at most some lines. */
export function rotate(file: string): void {
  try {
    if (statSync(file).size < limit) return;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  copyFileSync(file, `${file}.1`);
  truncateSync(file);
}
