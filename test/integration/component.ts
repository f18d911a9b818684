/** One of our processes beside an apiserver of the harness. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Cluster, freePort } from './harness.ts';
import { adminConfig } from './kubectl-of.ts';

export interface Component {
  /** Of /healthz and /metrics. */
  port: number;
  /** What it has written to its log. */
  output(): string;
  /** Its exit code, when it has ended; null where a signal ended it. */
  ended: Promise<number | null>;
  /** Resolves as `ended` does. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
}

/** It leads at once (but for a kubelet), as an administrator; `args` are further flags. */
export async function startComponent(cluster: Cluster, name: string, args: readonly string[]): Promise<Component> {
  const kubeconfig = cluster.pki.file(`${name}.conf`);
  await writeFile(kubeconfig, adminConfig(cluster));
  const port = await freePort();
  const flags = [`--kubeconfig=${kubeconfig}`, ...(name === 'kubelet' ? [] : ['--leader-elect=false']), `--healthz-port=${port}`];
  const program = resolve(import.meta.dirname, `../../../services/${name}/dist/main.js`);
  const child: ChildProcess = spawn(process.execPath, [program, ...flags, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  let output = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  return {
    port,
    ended,
    output: () => output,
    stop(signal = 'SIGTERM') {
      child.kill(signal);
      return ended;
    },
  };
}
