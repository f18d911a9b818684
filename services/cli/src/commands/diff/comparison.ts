/** Two directories of objects for a diff program to compare. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Io } from '../../io.ts';
import { formatYaml } from '../../printers/go-yaml.ts';
import type { AnyObject } from '../../resources/requests.ts';
import { Failure } from '../failure.ts';

/** Undefined where there is none; null is written as such. */
export interface Versions {
  live: AnyObject | null | undefined;
  merged: AnyObject | null | undefined;
}

export class Comparison {
  readonly #live = mkdtempSync(join(tmpdir(), 'LIVE-'));
  readonly #merged = mkdtempSync(join(tmpdir(), 'MERGED-'));

  add(name: string, { live, merged }: Versions): void {
    writeFileSync(join(this.#live, name), live === undefined ? '' : formatYaml(live));
    writeFileSync(join(this.#merged, name), merged === undefined ? '' : formatYaml(merged));
  }

  /** Runs $KUBECTL_EXTERNAL_DIFF, or diff; resolves with its exit code: 1 where something differs. */
  async run({ env, out, err }: Io): Promise<number> {
    const [program = 'diff', ...args] = env['KUBECTL_EXTERNAL_DIFF']?.trim().split(/\s+/).filter(Boolean) ?? ['diff', '-u', '-N'];
    return new Promise((done, failed) => {
      const child = spawn(program, [...args, this.#live, this.#merged], { env, stdio: ['ignore', 'pipe', 'pipe'] });
      child.stdout.on('data', (chunk: Buffer) => out(chunk));
      child.stderr.on('data', (chunk: Buffer) => err(chunk));
      child.once('error', (error) => failed(new Failure(`error: failed to run ${JSON.stringify(program)}: ${error.message}`)));
      child.once('close', (code) => done(code ?? 2));
    });
  }

  close(): void {
    for (const dir of [this.#live, this.#merged]) rmSync(dir, { recursive: true });
  }
}
