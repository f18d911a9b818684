/** Entries of the kernel's connection tracking. */
import type { StaleFlow } from '../changes/stale-flows.ts';
import { CommandError, type RunCommand } from './command.ts';

/** Deletes the entries of these flows; those that have none are no error. Throws CommandError where conntrack fails. */
export async function deleteFlows(run: RunCommand, flows: readonly StaleFlow[]): Promise<void> {
  for (const flow of flows) {
    const result = await run('conntrack', flowArgs(flow));
    // Code 1 stands for «nothing found» as well as for failures; only the former counts what it deleted.
    if (result.code !== 0 && !/\b0 flow entries have been deleted/.test(result.stderr)) throw new CommandError('conntrack', result);
  }
}

export const flowArgs = ({ protocol, destination, port, endpoint }: StaleFlow): string[] => [
  '-D',
  ...['-p', protocol],
  ...(destination === undefined ? [] : ['--orig-dst', destination]),
  ...['--orig-port-dst', String(port)],
  ...(endpoint === undefined ? [] : ['--dst-nat', endpoint]),
];
