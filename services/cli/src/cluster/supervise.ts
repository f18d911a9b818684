/** The supervisor from the side of `up`: started where none runs. */
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { SupervisorClient } from '../supervisor/control.ts';
import { withLog } from '../supervisor/log-file.ts';
import { clusterMark, processMark } from '../supervisor/process-spec.ts';
import { type Cluster, supervisorSocket } from './cluster.ts';
import { poll } from './poll.ts';
import { type Installation, logFile } from './processes.ts';

export const supervisorClient = (): SupervisorClient => new SupervisorClient(supervisorSocket);

/** Resolves with a client of the running supervisor. One that starts takes up the processes that the last one kept. */
export async function ensureSupervisor(cluster: Cluster, { dir }: Installation): Promise<SupervisorClient> {
  const client = supervisorClient();
  if (await client.isRunning()) return client;
  const log = logFile(cluster, 'supervisor');
  mkdirSync(join(cluster.dataDir, 'logs'), { recursive: true, mode: 0o700 });
  const args = [join(dir, 'bin', 'supervisor.js'), '--data-dir', cluster.dataDir, '--socket', supervisorSocket];
  const env = { ...process.env, [clusterMark]: cluster.dataDir, [processMark]: 'supervisor' };
  withLog(log, (fd) => spawn(process.execPath, args, { detached: true, stdio: ['ignore', fd, fd], env, cwd: '/' })).unref();
  await poll({ what: 'supervisor', timeout: 15_000, remedy: `see ${log}` }, async () =>
    (await client.isRunning()) ? undefined : 'does not answer',
  );
  return client;
}
