/** Programs of the machine: ip, iptables, apt-get, tar. */
import { spawn } from 'node:child_process';

export interface RunOptions {
  stdin?: string;
  env?: Readonly<Record<string, string>>;
  /** Path of the network namespace to run in. */
  netns?: string;
  signal?: AbortSignal;
}

/** The message is the command and the last line that it wrote to standard error. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly stderr: string;
  readonly code: number | null;

  constructor({ command, stderr, code }: { command: string; stderr: string; code: number | null }) {
    super(`\`${command}\` failed: ${stderr.trim().split('\n').at(-1) || `exit code ${code}`}`);
    this.stderr = stderr;
    this.code = code;
  }
}

/** Resolves with standard output; rejects with CommandError on any exit code but 0. */
export function run(command: string, args: readonly string[], { stdin, env, netns, signal }: RunOptions = {}): Promise<string> {
  const [file, all] = netns ? ['nsenter', [`--net=${netns}`, command, ...args]] : [command, [...args]];
  return new Promise((resolve, reject) => {
    const child = spawn(file, all, { env: { ...process.env, ...env }, ...(signal && { signal }) });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const fail = (code: number | null, reason: string): void =>
      reject(new CommandError({ command: [command, ...args].join(' '), stderr: reason, code }));
    child.once('error', (error) => fail(null, error.message));
    child.once('close', (code) => (code === 0 ? resolve(stdout) : fail(code, stderr)));
    // A program that ends before it has read its input says so by its exit code.
    child.stdin.on('error', () => undefined).end(stdin);
  });
}

/** Whether it ends with code 0. */
export async function succeeds(command: string, args: readonly string[], options?: RunOptions): Promise<boolean> {
  try {
    await run(command, args, options);
    return true;
  } catch (error) {
    if (error instanceof CommandError) return false;
    throw error;
  }
}
