/** A cluster as `t8s up` makes it, with files and a kubeconfig of its own, and hands to break it with. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { attempt, type CommandOptions, type Outcome, run } from './command.ts';
import { type Following, follow } from './follow.ts';
import { kill } from './kill.ts';
import { kubectlProgram } from './kubectl-program.ts';

export const checkout = resolve(import.meta.dirname, '../../..');
export const launcher = join(checkout, 't8s');

/** Ways to say `kubectl`: the real one and the bundled one. */
export type Client = 'kubectl' | 'bundled';

/** A running program of the cluster. */
export interface ClusterProcess {
  pid: number;
  /** As `t8s status` calls it. */
  name: string;
  commandLine: string[];
}

export class ClusterUnderTest {
  readonly home = mkdtempSync(join(tmpdir(), 't8s-e2e-'));
  readonly dataDir = join(this.home, 'data');
  readonly env: NodeJS.ProcessEnv = { ...process.env, HOME: this.home, KUBECONFIG: undefined, SUDO_UID: undefined };
  #kubectl = 'kubectl';

  /** `t8s up`; resolves with its stdout. */
  async up(...flags: string[]): Promise<string> {
    this.#kubectl = await kubectlProgram();
    return run(launcher, ['up', '--data-dir', this.dataDir, ...flags], { env: this.env, timeout: 300_000 });
  }

  down(...flags: string[]): Promise<string> {
    return run(launcher, ['down', '--data-dir', this.dataDir, ...flags], { env: this.env, timeout: 120_000 });
  }

  t8s(...args: string[]): Promise<Outcome> {
    return attempt(launcher, args, { env: this.env, timeout: 120_000 });
  }

  /** Stdout of a command that succeeds, run with the context that `up` made current. */
  kubectl(...args: string[]): Promise<string> {
    return this.client('kubectl', args);
  }

  client(client: Client, args: readonly string[], options: CommandOptions = {}): Promise<string> {
    const [program, before] = this.#program(client);
    return run(program, [...before, ...args], { env: this.env, ...options });
  }

  attempt(client: Client, args: readonly string[], options: CommandOptions = {}): Promise<Outcome> {
    const [program, before] = this.#program(client);
    return attempt(program, [...before, ...args], { env: this.env, ...options });
  }

  /** Kubectl that goes on until it is stopped. */
  follow(...args: string[]): Following {
    const [program, before] = this.#program('kubectl');
    return follow(program, [...before, ...args], this.env);
  }

  async apply(manifest: object): Promise<void> {
    await this.client('kubectl', ['apply', '-f', '-'], { input: JSON.stringify(manifest) });
  }

  /** What a JSONPath finds, as a list of words. */
  async words(path: string, ...args: string[]): Promise<string[]> {
    return (await this.kubectl('get', ...args, '-o', `jsonpath=${path}`)).split(/\s+/).filter(Boolean);
  }

  /** IDs of all running containers, by node. */
  async containers(nodes: number): Promise<Record<string, string[]>> {
    const sockets = Array.from({ length: nodes }, (_, i) => (i === 0 ? '/var/run/docker.sock' : `/run/t8s/node-${i}/docker.sock`));
    const lists = await Promise.all(
      sockets.map((socket) =>
        run('docker', ['-H', `unix://${socket}`, 'ps', '-q', '--no-trunc', '--filter', 'label=io.kubernetes.pod.uid']),
      ),
    );
    return Object.fromEntries(lists.map((list, i) => [`node-${i}`, list.split('\n').filter(Boolean).sort()]));
  }

  /** Every process that the cluster started, found by its mark. */
  processes(): ClusterProcess[] {
    return readdirSync('/proc').flatMap((entry) => {
      const environment = /^\d+$/.test(entry) ? procFile(entry, 'environ') : [];
      if (!environment.includes(`T8S_CLUSTER=${this.dataDir}`)) return [];
      const name =
        environment
          .find((line) => line.startsWith('T8S_PROCESS='))
          ?.slice('T8S_PROCESS='.length)
          .split('@')[0] ?? '';
      const commandLine = procFile(entry, 'cmdline');
      return commandLine.length === 0 ? [] : [{ pid: Number(entry), name, commandLine }];
    });
  }

  /** The process that `t8s status` shows under this name: not its children, which carry the name too. */
  process(name: string): ClusterProcess {
    const programs = ['node', 'etcd', 'dockerd'];
    const found = this.processes().find(
      (candidate) => candidate.name === name && programs.some((program) => candidate.commandLine[0]?.split('/').at(-1) === program),
    );
    if (!found) throw new Error(`no process ${name} among ${this.processes().map((process) => process.name)}`);
    return found;
  }

  /** SIGKILL to every process; to the supervisor first, as it would start the others while they are killed. */
  killAll(): void {
    kill(this.process('supervisor').pid);
    for (const { pid } of this.processes()) kill(pid);
  }

  /** The files of the test itself; the cluster's own are `down --purge`'s to remove. */
  removeHome(): void {
    rmSync(this.home, { recursive: true, force: true });
  }

  #program(client: Client): [string, string[]] {
    return client === 'kubectl' ? [this.#kubectl, []] : [launcher, ['kubectl']];
  }
}

/** Words of a file of /proc; none where the process is gone. */
function procFile(pid: string, file: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8').split('\0').filter(Boolean);
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}
