/** The kernel's connection tracking, by the `conntrack` program. */
import type { StaleFlow } from '../changes/stale-flows.ts';
import { CommandError, type RunCommand } from './command.ts';

/** All UDP flows, a line each. */
export async function listUdpFlows(run: RunCommand): Promise<string> {
  const result = await run('conntrack', ['-L', '-p', 'udp']);
  if (result.code !== 0) throw new CommandError('conntrack', result);
  return result.stdout;
}

/** Forgets a flow, so that its next packet meets the rules anew. One that ended meanwhile is no error. */
export async function deleteFlow(run: RunCommand, { destination, port, endpoint }: StaleFlow): Promise<void> {
  const untranslated = endpoint === destination;
  const args = ['-D', '-p', 'udp', '--orig-dst', destination, '--orig-port-dst', String(port)];
  const result = await run('conntrack', untranslated ? args : [...args, '--dst-nat', endpoint]);
  // Code 1 stands for «nothing found» as well as for failures; only the former counts what it deleted.
  if (result.code !== 0 && !/\b0 flow entries have been deleted/.test(result.stderr)) throw new CommandError('conntrack', result);
}
