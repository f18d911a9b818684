/** `t8s kubectl …`: the bundled client. */
import { kubectlVerbs } from './commands/verbs.ts';
import type { Io } from './io.ts';
import { runProgram } from './program.ts';

/** Runs one command; resolves with its exit code. */
export const kubectl = (args: readonly string[], io: Io): Promise<number> => runProgram(kubectlVerbs, args, io);
