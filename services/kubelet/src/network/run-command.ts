import { spawn } from 'node:child_process';

export interface CommandOptions {
  stdin?: string;
  env?: NodeJS.ProcessEnv;
}

/** A program that ended with another exit code than 0, or did not start. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly stdout: string;

  constructor(message: string, stdout = '') {
    super(message);
    this.stdout = stdout;
  }
}

/** Runs a program to its end without a shell; resolves with its standard output. */
export function runCommand(file: string, args: readonly string[], { stdin = '', env = process.env }: CommandOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.once('error', (error) => reject(new CommandError(`${file}: ${error.message}`)));
    child.once('close', (code, signal) => {
      if (code === 0) resolve(stdout);
      else reject(new CommandError(`${[file, ...args].join(' ')}: ${stderr.trim() || `ended with ${signal ?? `code ${code}`}`}`, stdout));
    });
    // A program may end without having read its input.
    child.stdin.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') reject(error);
    });
    child.stdin.end(stdin);
  });
}
