/** Shared libraries of a program, as the dynamic linker finds them. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CommandError, run } from '../run-command.ts';

/** glibc before 2.34 loads these by name when it resolves host names: no program is linked to them. */
const nameService = ['libnss_dns.so.2', 'libnss_files.so.2', 'libresolv.so.2'];

/** Absolute paths, in the places where the linker looks for them. Empty for a static program. */
export async function linkedLibraries(program: string): Promise<string[]> {
  let output: string;
  try {
    output = await run('ldd', [program], { env: { LC_ALL: 'C' } });
  } catch (error) {
    if (error instanceof CommandError && /not a dynamic executable/.test(error.stderr)) return [];
    throw error;
  }
  const libraries = parseLdd(output);
  const libc = libraries.find((path) => /\/libc\.so\.\d+$/.test(path));
  const extra = libc === undefined ? [] : nameService.map((name) => join(dirname(libc), name)).filter((path) => existsSync(path));
  return [...new Set([...libraries, ...extra])];
}

/** Paths in what ldd prints: `libc.so.6 => /lib/…/libc.so.6 (0x…)` and `/lib64/ld-linux-x86-64.so.2 (0x…)`. */
export function parseLdd(output: string): string[] {
  return output.split('\n').flatMap((line) => /(?:=> |^\s+)(\/\S+) \(0x/.exec(line)?.[1] ?? []);
}
