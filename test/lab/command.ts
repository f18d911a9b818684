/** Programs as a person at a terminal runs them: their output, their exit code, never longer than a bound. */
import { spawn } from 'node:child_process';

export interface Outcome {
  stdout: string;
  stderr: string;
  /** Null where a signal ended it. */
  code: number | null;
}

export interface CommandOptions {
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  input?: string;
  uid?: number;
  /** Milliseconds; 60,000 where absent. */
  timeout?: number;
}

/** How a command ended that was to succeed; says what was seen. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
  readonly outcome: Outcome;

  constructor(command: string, outcome: Outcome) {
    super(`\`${command}\` ended with ${outcome.code}:\n${outcome.stdout}${outcome.stderr}`);
    this.outcome = outcome;
  }
}

/** Runs to the end, whatever that is. A program that exceeds its time is killed. */
export function attempt(command: string, args: readonly string[], options: CommandOptions = {}): Promise<Outcome> {
  const { env = process.env, cwd, input = '', uid, timeout = 60_000 } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env,
      timeout,
      killSignal: 'SIGKILL',
      ...(cwd !== undefined && { cwd }),
      ...(uid !== undefined && { uid, gid: uid }),
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (signal === 'SIGKILL') stderr += `\n(killed after ${timeout} ms)`;
      resolve({ stdout, stderr, code });
    });
    // A program that doesn't read its input may be gone before it is written.
    child.stdin.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') reject(error);
    });
    child.stdin.end(input);
  });
}

/** Its stdout. Throws CommandFailed unless the exit code is 0. */
export async function run(command: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const outcome = await attempt(command, args, options);
  if (outcome.code !== 0) throw new CommandFailed([command, ...args].join(' '), outcome);
  return outcome.stdout;
}
