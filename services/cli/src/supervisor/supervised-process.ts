/** One process that is kept running: started or adopted, started again when it ends, stopped when told. */
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { Backoff, type Clock } from '@t8s/async';
import type { Logger } from '@t8s/telemetry';
import { identify, isRunning, type MarkedProcess, markedProcesses, type ProcessIdentity, signalProcess } from './kernel-processes.ts';
import { withLog } from './log-file.ts';
import { clusterMark, type ProcessSpec, type ProcessStatus, processMark } from './process-spec.ts';

export interface SupervisedProcessOptions {
  spec: ProcessSpec;
  /** The mark of the cluster: its data directory. */
  cluster: string;
  logFile: string;
  clock: Clock;
  log: Logger;
}

/** A process that ran this long is taken to be healthy: the next delay is the first again. */
const healthyAfter = 10_000;

export class SupervisedProcess {
  readonly spec: ProcessSpec;
  readonly #options: SupervisedProcessOptions;
  readonly #backoff = new Backoff({ base: 200, cap: 10_000 });
  #identity: ProcessIdentity | undefined;
  #adopted = false;
  #since: number;
  #restarts = 0;
  #lastEnd: string | undefined;
  #stopping = false;
  #cancelStart: (() => void) | undefined;
  #ended: (() => void)[] = [];

  constructor(options: SupervisedProcessOptions) {
    this.#options = options;
    this.spec = options.spec;
    this.#since = options.clock.now();
  }

  /** Takes over the process if it runs already (an earlier supervisor's), else starts it. */
  run(): void {
    const { spec, cluster } = this.#options;
    const running = findProcess(cluster, spec);
    if (!running) {
      this.#start();
      return;
    }
    this.#options.log.info({ process: spec.name, pid: running.pid }, 'adopted');
    this.#identity = running;
    this.#adopted = true;
  }

  /** An adopted process is no child: its end is seen by asking. The supervisor asks once a second. */
  checkAdopted(): void {
    if (this.#adopted && this.#identity && !isRunning(this.#identity)) this.#onEnd('ended');
  }

  get isAdopted(): boolean {
    return this.#adopted;
  }

  status(): ProcessStatus {
    return {
      name: this.spec.name,
      state: this.#identity ? 'running' : 'waiting',
      ...(this.#identity && { pid: this.#identity.pid }),
      since: this.#since,
      restarts: this.#restarts,
      ...(this.#lastEnd !== undefined && { lastEnd: this.#lastEnd }),
    };
  }

  /** SIGTERM, then SIGKILL after the spec's time. Resolves when the process is gone. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#cancelStart?.();
    const identity = this.#identity;
    if (!identity) return;
    const gone = new Promise<void>((resolve) => this.#ended.push(resolve));
    if (!signalProcess(identity, 'SIGTERM')) this.#onEnd('ended');
    const cancelKill = this.#options.clock.after(this.spec.stopTimeout ?? 10_000, () => signalProcess(identity, 'SIGKILL'));
    await gone;
    cancelKill();
  }

  #start(): void {
    const { spec, cluster, logFile, clock, log } = this.#options;
    const [command, args] = spec.netns ? ['nsenter', [`--net=${spec.netns}`, spec.command, ...spec.args]] : [spec.command, [...spec.args]];
    const env = { ...process.env, ...spec.env, [clusterMark]: cluster, [processMark]: markOf(spec) };
    for (const file of spec.staleFiles ?? []) rmSync(file, { force: true });
    const child = withLog(logFile, (fd) => spawn(command, args, { detached: true, stdio: ['ignore', fd, fd], env, cwd: '/' }));
    this.#since = clock.now();
    child.once('error', (error) => this.#onEnd(error.message));
    child.once('exit', (code, signal) => this.#onEnd(signal ? `signal ${signal}` : `exit code ${code}`));
    if (child.pid === undefined) return;
    this.#identity = identify(child.pid);
    log.info({ process: spec.name, pid: child.pid }, 'started');
  }

  #onEnd(reason: string): void {
    const { clock, log, spec } = this.#options;
    this.#identity = undefined;
    this.#adopted = false;
    this.#lastEnd = reason;
    if (this.#stopping) {
      for (const resolve of this.#ended.splice(0)) resolve();
      return;
    }
    if (clock.now() - this.#since > healthyAfter) this.#backoff.reset();
    const delay = this.#backoff.next();
    log.warn({ process: spec.name, reason, restartInMs: delay }, 'process ended');
    this.#since = clock.now();
    this.#cancelStart = clock.after(delay, () => {
      this.#restarts += 1;
      this.#start();
    });
  }
}

/** Name and version: a process of another version is not the one wanted. */
export const markOf = ({ name, version = '' }: ProcessSpec): string => (version === '' ? name : `${name}@${version}`);

/** The process that runs to this spec, whoever started it. Its children carry its marks, but not its command line. */
export function findProcess(cluster: string, spec: ProcessSpec): MarkedProcess | undefined {
  const commandLine = [spec.command, ...spec.args, ''].join('\0');
  return markedProcesses().find(
    (found) => found.cluster === cluster && found.process === markOf(spec) && found.commandLine === commandLine,
  );
}
