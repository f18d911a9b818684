/** A cluster with controllers but no machines, and the kubectls that look at it: the oldest, the newest and the bundled one. */
import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { namespaceKind, serviceAccountKind } from '@t8s/api';
import { eventually } from '@t8s/testkit';
import { kubectlPrograms } from '../lab/kubectl-program.ts';
import { createNodes, runPods } from '../perf/simulated-kubelets.ts';
import { type Component, startComponent } from './component.ts';
import { type Cluster, startCluster } from './harness.ts';
import { kubectlOf } from './kubectl-of.ts';
import { keepPodsReady } from './ready-pods.ts';
import { execute } from './real-kubectl.ts';

const bundled = [process.execPath, resolve(import.meta.dirname, '../../../services/cli/dist/main.js'), 'kubectl'];

/** Gives what kubectl prints (what it refuses with, where it is `refused`); words are separated by single spaces. */
export type Run = (line: string, stdin?: string) => Promise<string>;

export interface Workloads {
  cluster: Cluster;
  /** SIGKILL to the controller manager (and the scheduler, where there is one), and another one. */
  restart(): Promise<void>;
  /** The same for each client at once, each in a namespace of its own. */
  each(name: string, walk: (kubectl: Run, namespace: string, refused: Run) => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

/** With so many `nodes` (node-0 …) pods run `startMs` after a scheduler has bound them; without, as soon as they are there. */
export async function startWorkloads({ nodes = 0, startMs = 0 }: { nodes?: number; startMs?: number } = {}): Promise<Workloads> {
  const cluster = await startCluster();
  await kubectlOf(cluster);
  const kubelets = new AbortController();
  const client = cluster.api.admin;
  if (nodes > 0) {
    await createNodes({ client }, { count: nodes, capacity: { cpu: '8', memory: '32Gi', pods: '110' }, zones: 1 });
    void runPods({ client, startMs }, kubelets.signal);
  } else void keepPodsReady(client, kubelets.signal);
  const start = (): Promise<Component[]> =>
    Promise.all([
      // Nobody renews the leases of these nodes.
      startComponent(cluster, 'controller-manager', ['--node-monitor-grace-period=1h']),
      ...(nodes > 0 ? [startComponent(cluster, 'scheduler', [])] : []),
    ]);
  const stop = (signal?: 'SIGKILL'): Promise<unknown> => Promise.all(components.map((component) => component.stop(signal)));
  let components = await start();
  const programs = (await kubectlPrograms()).slice(1);
  const real = [programs[0], programs.at(-1)].map((program = 'kubectl'): [string, string[]] => [
    program.replace(/.*kubectl\./, ''),
    [program],
  ]);
  const clients: [name: string, command: readonly string[]][] = [...real, ['bundled', bundled]];
  return {
    cluster,
    async restart() {
      await stop('SIGKILL');
      components = await start();
    },
    async each(name, walk) {
      const { admin } = cluster.api;
      await Promise.all(
        clients.map(async ([client, command]) => {
          const namespace = `${name}-${client.replaceAll('.', '-')}`;
          await admin.resource(namespaceKind).create({ metadata: { name: namespace }, spec: {} });
          await eventually(() => admin.resource(serviceAccountKind).get({ namespace, name: 'default' }), 20_000);
          const common = [
            '--kubeconfig',
            cluster.pki.file('admin.conf'),
            '--cache-dir',
            cluster.pki.file(`cache-${client}`),
            '-n',
            namespace,
          ];
          const running =
            (isRefused: boolean): Run =>
            async (line, stdin) => {
              const { out, err, failed } = await execute([...command, ...common, ...line.split(' ')], stdin);
              assert.equal(failed, isRefused, `${client}: kubectl ${line}\n${out}${err}\n${components.map((c) => c.output()).join('\n')}`);
              return isRefused ? err : out;
            };
          await walk(running(false), namespace, running(true));
        }),
      );
    },
    async stop() {
      kubelets.abort();
      await stop();
      await cluster.stop();
    },
  };
}
