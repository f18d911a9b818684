/** `t8s`: a cluster on this machine, and the client to drive it with. Each is loaded only when it is wanted: the client starts often. */
import { processIo } from './process-io.ts';

/** sudo may hide where iptables and dockerd are. */
process.env.PATH = [...new Set([...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin', '/usr/bin', '/bin'])]
  .filter(Boolean)
  .join(':');

const abort = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => abort.abort(new Error(`stopped by ${name}`)));

/** What a command waits for (a moment, before it tries again) need not keep the process alive; the command does. */
const alive = setInterval(() => undefined, 2 ** 31 - 1);
const [first, ...rest] = process.argv.slice(2);
process.exitCode = first === 'kubectl' ? await runKubectl(rest) : await runProgram();
clearInterval(alive);

async function runKubectl(args: readonly string[]): Promise<number> {
  const { kubectl } = await import('./kubectl.ts');
  return kubectl(args, processIo(abort.signal));
}

async function runProgram(): Promise<number> {
  const { runClusterProgram } = await import('./cluster-program.ts');
  return runClusterProgram(abort.signal);
}
