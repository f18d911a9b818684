/** A cluster with controllers but no machines, and the kubectls that look at it: the oldest, the newest and the bundled one. */
import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { namespaceKind, serviceAccountKind } from '@t8s/api';
import { eventually } from '@t8s/testkit';
import { kubectlPrograms } from '../lab/kubectl-program.ts';
import { type ControllerManager, startControllerManager } from './controller-manager.ts';
import { type Cluster, startCluster } from './harness.ts';
import { kubectlOf } from './kubectl-of.ts';
import { keepPodsReady } from './ready-pods.ts';
import { execute } from './real-kubectl.ts';

const bundled = [process.execPath, resolve(import.meta.dirname, '../../../services/cli/dist/main.js'), 'kubectl'];

/** Gives what kubectl prints; words are separated by single spaces. */
export type Run = (line: string, stdin?: string) => Promise<string>;

export interface Workloads {
  cluster: Cluster;
  /** SIGKILL to the controller manager, and another one. */
  restart(): Promise<void>;
  /** The same for each client at once, each in a namespace of its own. */
  each(name: string, walk: (kubectl: Run, namespace: string) => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

export async function startWorkloads(): Promise<Workloads> {
  const cluster = await startCluster();
  await kubectlOf(cluster);
  const kubelets = new AbortController();
  void keepPodsReady(cluster.api.admin, kubelets.signal);
  let manager: ControllerManager = await startControllerManager(cluster, []);
  const programs = (await kubectlPrograms()).slice(1);
  const real = [programs[0], programs.at(-1)].map((program = 'kubectl'): [string, string[]] => [
    program.replace(/.*kubectl\./, ''),
    [program],
  ]);
  const clients: [name: string, command: readonly string[]][] = [...real, ['bundled', bundled]];
  return {
    cluster,
    async restart() {
      await manager.stop('SIGKILL');
      manager = await startControllerManager(cluster, []);
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
          const run: Run = async (line, stdin) => {
            const { out, err, failed } = await execute([...command, ...common, ...line.split(' ')], stdin);
            assert.equal(failed, false, `${client}: kubectl ${line}\n${out}${err}\n${manager.output()}`);
            return out;
          };
          await walk(run, namespace);
        }),
      );
    },
    async stop() {
      kubelets.abort();
      await manager.stop();
      await cluster.stop();
    },
  };
}
