import { spawn } from 'node:child_process';
import type { Io } from '../../io.ts';
import { Failure } from '../failure.ts';

/** Opens `file` in the user's editor and waits for its end; the terminal is the editor's meanwhile. */
export async function openEditor(file: string, { env }: Io): Promise<void> {
  const editor = env['KUBE_EDITOR'] || env['EDITOR'] || 'vi';
  const code = await new Promise<number | null>((done) => {
    // The editor's own arguments are for the shell to split.
    const child = spawn('/bin/sh', ['-c', `${editor} "$0"`, file], { env, stdio: 'inherit' });
    child.once('error', () => done(null));
    child.once('exit', done);
  });
  if (code !== 0) throw new Failure(`error: there was a problem with the editor ${JSON.stringify(editor)}`);
}
