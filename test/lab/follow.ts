/** A program that prints until it is told to end, as in a second window. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { kill } from './kill.ts';

export interface Following {
  /** What it has printed. */
  text(): string;
  stop(): Promise<void>;
}

export function follow(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Following {
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  return {
    text: () => text,
    stop: async () => {
      if (child.pid !== undefined) kill(child.pid);
      await closed;
    },
  };
}
