/** The real kubectl: the one on the PATH, else Debian's, which the package kubernetes-client holds. */
import { attempt, run } from './command.ts';

/** Its name for spawn. */
export async function kubectlProgram(): Promise<string> {
  if (await isThere()) return 'kubectl';
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update'], { env, timeout: 120_000 });
  await run('apt-get', ['install', '-y', '--no-install-recommends', 'kubernetes-client'], { env, timeout: 300_000 });
  return 'kubectl';
}

async function isThere(): Promise<boolean> {
  try {
    return (await attempt('kubectl', ['version', '--client'])).code === 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
