/** A real controller manager beside an apiserver of the harness. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Cluster, freePort } from './harness.ts';
import { adminConfig } from './kubectl-of.ts';

export interface ControllerManager {
  /** What it has written to its log. */
  output(): string;
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

const program = resolve(import.meta.dirname, '../../../services/controller-manager/dist/main.js');

/** It leads at once; `args` are further flags. */
export async function startControllerManager(cluster: Cluster, args: readonly string[]): Promise<ControllerManager> {
  const kubeconfig = cluster.pki.file('controller-manager.conf');
  await writeFile(kubeconfig, adminConfig(cluster));
  const flags = [`--kubeconfig=${kubeconfig}`, '--leader-elect=false', `--healthz-port=${await freePort()}`];
  const manager: ChildProcess = spawn(process.execPath, [program, ...flags, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  let output = '';
  manager.stderr?.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  return {
    output: () => output,
    async stop(signal = 'SIGTERM') {
      if (manager.exitCode !== null) return;
      manager.kill(signal);
      await once(manager, 'exit');
    },
  };
}
