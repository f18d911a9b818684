/** The real kubectl: the one on the PATH, else Debian's, which the package kubernetes-client holds. */
import { readdir, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { attempt, run } from './command.ts';

/** Its name for spawn. */
export async function kubectlProgram(): Promise<string> {
  if (await isThere()) return 'kubectl';
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update'], { env, timeout: 120_000 });
  await run('apt-get', ['install', '-y', '--no-install-recommends', 'kubernetes-client'], { env, timeout: 300_000 });
  return 'kubectl';
}

/** Versions that differ in what they speak: SPDY alone, WebSockets on request, for exec, for port-forward too, the latest. */
const notable = /^kubectl\.1\.(27|29|30|31|33)$/;

/** Paths of it and of the notable versions beside it, which some distributions have. */
export async function kubectlPrograms(): Promise<string[]> {
  const path = (await run('sh', ['-c', `command -v ${await kubectlProgram()}`])).trim();
  const dir = dirname(await realpath(path));
  const versions = (await readdir(dir)).filter((name) => notable.test(name)).sort();
  return [path, ...versions.map((name) => join(dir, name))];
}

async function isThere(): Promise<boolean> {
  try {
    return (await attempt('kubectl', ['version', '--client'])).code === 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
