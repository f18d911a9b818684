/** Runs one of the system's network programs. */
import { spawn } from 'node:child_process';

export interface CommandResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** Resolves with the exit code whatever it is; rejects only where the program could not be started or was killed by a signal. */
export type RunCommand = (program: string, args: readonly string[], input?: string) => Promise<CommandResult>;

/** A program ended with a code that says it failed. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly code: number;

  constructor(program: string, { code, stderr }: CommandResult) {
    super(`${program} ended with ${code}: ${stderr.trim().split('\n').slice(-4).join('; ')}`);
    this.code = code;
  }
}

export const runCommand: RunCommand = (program, args, input) =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'pipe' });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === null) reject(new Error(`${program} was killed by ${signal}`));
      else resolve({ code, stdout, stderr });
    });
    // A program that ends before it has read all closes the pipe: its exit code says why.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input ?? '');
  });
