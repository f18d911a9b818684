/** The files of the images: a busybox system, Node, and the programs that run on it. */
import { copyFileSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from '../run-command.ts';
import { linkedLibraries } from './linked-libraries.ts';

/** A system small enough to debug with: a shell, wget, nslookup. Dynamic, for the static busybox of Debian can't resolve names. */
export async function writeBusyboxRoot(dir: string, busybox: string): Promise<void> {
  for (const path of ['bin', 'etc', 'root', 'usr/bin', 'var/run', 'proc', 'sys', 'dev']) mkdirSync(join(dir, path), { recursive: true });
  mkdirSync(join(dir, 'tmp'), { mode: 0o1777 });
  await run('chmod', ['1777', join(dir, 'tmp')]);
  await copyProgram(dir, busybox, 'bin/busybox');
  const applets = await run(busybox, ['--list']);
  for (const applet of applets.split('\n').filter((name) => name !== '' && name !== 'busybox'))
    symlinkSync('busybox', join(dir, 'bin', applet));
  writeFileSync(join(dir, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n');
  writeFileSync(join(dir, 'etc/group'), 'root:x:0:\nnogroup:x:65534:\n');
  writeFileSync(join(dir, 'etc/nsswitch.conf'), 'passwd: files\ngroup: files\nhosts: files dns\n');
}

export async function writeNodeRoot(dir: string, node: string): Promise<void> {
  await copyProgram(dir, node, 'usr/local/bin/node');
}

/** Copies one file to a path of the image. */
export function writeFileRoot(dir: string, file: string, path: string): void {
  mkdirSync(dirname(join(dir, path)), { recursive: true });
  copyFileSync(file, join(dir, path));
}

async function copyProgram(dir: string, program: string, path: string): Promise<void> {
  writeFileRoot(dir, realpathSync(program), path);
  for (const library of await linkedLibraries(program)) writeFileRoot(dir, realpathSync(library), library);
}
