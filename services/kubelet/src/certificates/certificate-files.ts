/** Certificates on disk, as upstream's kubelet keeps them: each with its key in a file of its own, and a link to the current one. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { KeyPair } from '@t8s/auth';

export class CertificateFiles {
  readonly #dir: string;
  readonly #name: string;

  /** `name`: kubelet-client or kubelet-server. */
  constructor(dir: string, name: string) {
    this.#dir = resolve(dir);
    this.#name = name;
  }

  get currentPath(): string {
    return this.#path('current');
  }

  read(): KeyPair | undefined {
    if (!existsSync(this.currentPath)) return undefined;
    const both = readFileSync(this.currentPath, 'utf8');
    return { cert: both, key: both };
  }

  /** Makes it the current one, whole or not at all. `now` in milliseconds. */
  write({ cert, key }: KeyPair, now: number): void {
    mkdirSync(this.#dir, { recursive: true, mode: 0o755 });
    const time = new Date(now).toISOString().slice(0, 19).replace(/[T:]/g, '-');
    writeFileSync(this.#path(time), cert + key, { mode: 0o600 });
    rmSync(this.#path('updated'), { force: true });
    symlinkSync(this.#path(time), this.#path('updated'));
    renameSync(this.#path('updated'), this.currentPath);
  }

  #path(which: string): string {
    return join(this.#dir, `${this.#name}-${which}.pem`);
  }
}
