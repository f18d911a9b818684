/** A root file system without a registry: Debian's busybox and the libraries it needs. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Makes the tar archive in `dir`; resolves with its path. Wants the network where apt has no copy of the package. */
export function makeRootFs(dir: string): string {
  const root = join(dir, 'root');
  mkdirSync(root);
  execFileSync('apt-get', ['-o', 'APT::Sandbox::User=root', '-qq', 'download', 'busybox'], { cwd: dir, stdio: 'pipe' });
  const deb = readdirSync(dir).find((name) => name.endsWith('.deb')) ?? '';
  execFileSync('dpkg', ['-x', join(dir, deb), root]);
  for (const sub of ['bin', 'sbin', 'usr/bin', 'usr/sbin', 'tmp', 'etc', 'proc', 'sys', 'dev'])
    mkdirSync(join(root, sub), { recursive: true });
  const shell = ['bin/busybox', 'usr/bin/busybox'].map((path) => join(root, path)).find(existsSync) ?? '';
  const libraries = execFileSync('ldd', [shell]).toString().match(/\/\S+/g) ?? [];
  for (const library of libraries.filter((path) => existsSync(path))) {
    mkdirSync(join(root, dirname(library)), { recursive: true });
    cpSync(library, join(root, library), { dereference: true });
  }
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
  execFileSync('chroot', [root, shell.slice(root.length), '--install', '-s']);
  const archive = join(dir, 'root.tar');
  execFileSync('tar', ['-C', root, '-cf', archive, '.']);
  return archive;
}
