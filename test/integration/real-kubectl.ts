/** The kubectl that the bundled one is compared with. */
import { execFile } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { kubectlProgram } from '../lab/kubectl-program.ts';

/** The version whose text ours is. */
export const release = '1.33';

export interface RealKubectl {
  program: string;
  version: string;
}

/** The kubectl on the PATH, or the `kubectl.1.33` beside it, as Google's SDK has them. */
export async function realKubectl(): Promise<RealKubectl> {
  const name = await kubectlProgram();
  const files = (process.env['PATH'] ?? '').split(':').map((dir) => join(dir, name));
  const onPath = files.find((file) => existsSync(file)) ?? name;
  const exact = existsSync(onPath) ? `${realpathSync(onPath)}.${release}` : '';
  const program = existsSync(exact) ? exact : onPath;
  const { out } = await execute([program, 'version', '--client', '--output=json']);
  return { program, version: (JSON.parse(out) as { clientVersion: { gitVersion: string } }).clientVersion.gitVersion };
}

export function execute([program = '', ...args]: readonly string[], stdin = ''): Promise<{ out: string; err: string; failed: boolean }> {
  return new Promise((done) => {
    const child = execFile(program, args, { timeout: 20_000 }, (error, out, err) => done({ out, err, failed: error !== null }));
    child.stdin?.end(stdin);
  });
}
