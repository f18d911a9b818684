/** Mounts beneath a directory, removed. */
import { readFileSync } from 'node:fs';
import { run } from './run-command.ts';

/** Mount points at or beneath `dir`, innermost first, from the text of /proc/self/mountinfo (proc(5)). */
export function mountsBeneath(dir: string, mountinfo: string): string[] {
  return mountinfo
    .split('\n')
    .flatMap((line) => line.split(' ')[4] ?? [])
    .map((path) => path.replaceAll(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))))
    .filter((path) => path === dir || path.startsWith(`${dir}/`))
    .reverse();
}

/** What still uses a mount keeps it until it ends. */
export async function unmountBeneath(dir: string): Promise<void> {
  for (const path of mountsBeneath(dir, readFileSync('/proc/self/mountinfo', 'utf8'))) await run('umount', ['--lazy', path]);
}
