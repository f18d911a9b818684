/**
 * The supervisor of a cluster: keeps its processes running, whatever ends them. Started by `t8s up`; killed, it
 * leaves them running for the next one. `down` kills it first.
 */
import { type FlagSpec, parseFlags, runMain } from '@t8s/component';
import { SupervisorClient, serveControl } from './control.ts';
import { Supervisor } from './supervisor.ts';

const specs = {
  'data-dir': { type: 'string', required: true, help: "the cluster's data directory" },
  socket: { type: 'string', required: true, help: 'Unix socket that up, down and status talk to' },
} as const satisfies Record<string, FlagSpec>;

await runMain('supervisor', 0, async ({ signal, log }) => {
  const { 'data-dir': dataDir, socket } = parseFlags('supervisor', specs, process.argv.slice(2));
  if (await new SupervisorClient(socket).isRunning()) return log.info({ socket }, 'another supervisor runs');
  const supervisor = new Supervisor({ dataDir, log });
  supervisor.resume();
  await serveControl({ supervisor, socket });
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  supervisor.close();
});
