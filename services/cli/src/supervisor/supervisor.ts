/** The set of processes of a cluster, kept as files so that the next supervisor knows them too. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type Clock, systemClock } from '@t8s/async';
import type { Logger } from '@t8s/telemetry';
import { rotate } from './log-file.ts';
import type { ProcessSpec, ProcessStatus } from './process-spec.ts';
import { SupervisedProcess } from './supervised-process.ts';

export interface SupervisorOptions {
  /** The cluster's data directory: specs are kept in `run/`, logs in `logs/`. */
  dataDir: string;
  log: Logger;
  clock?: Clock;
}

const adoptedCheckMs = 1000;
const rotateMs = 60_000;

export class Supervisor {
  readonly #dataDir: string;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #processes = new Map<string, SupervisedProcess>();
  #checking: NodeJS.Timeout | undefined;
  #rotating: NodeJS.Timeout | undefined;

  constructor({ dataDir, log, clock = systemClock }: SupervisorOptions) {
    this.#dataDir = dataDir;
    this.#log = log;
    this.#clock = clock;
    for (const dir of ['run', 'logs']) mkdirSync(join(dataDir, dir), { recursive: true, mode: 0o700 });
  }

  /** Takes up what an earlier supervisor kept running, and starts what no longer does. */
  resume(): void {
    for (const spec of keptSpecs(this.#dataDir)) this.#add(spec);
    this.#rotating = setInterval(() => {
      for (const name of this.#processes.keys()) rotate(this.#logFile(name));
    }, rotateMs);
  }

  list(): ProcessStatus[] {
    return [...this.#processes.values()].map((process) => process.status());
  }

  /** Keeps this process running. What runs to the same spec goes on undisturbed; another spec replaces it. */
  async put(spec: ProcessSpec): Promise<ProcessStatus> {
    const present = this.#processes.get(spec.name);
    if (present && isDeepStrictEqual(present.spec, spec)) return present.status();
    if (present) await present.stop();
    const file = this.#specFile(spec.name);
    writeFileSync(`${file}.new`, JSON.stringify(spec), { mode: 0o600 });
    renameSync(`${file}.new`, file);
    return this.#add(spec).status();
  }

  /** Stops the process and forgets it; nothing happens where there is none. */
  async remove(name: string): Promise<void> {
    rmSync(this.#specFile(name), { force: true });
    await this.#processes.get(name)?.stop();
    this.#processes.delete(name);
  }

  /** Ends the work of this supervisor; processes go on. */
  close(): void {
    clearInterval(this.#checking);
    clearInterval(this.#rotating);
  }

  #add(spec: ProcessSpec): SupervisedProcess {
    const { name } = spec;
    const process = new SupervisedProcess({
      spec,
      cluster: this.#dataDir,
      logFile: this.#logFile(name),
      clock: this.#clock,
      log: this.#log,
    });
    this.#processes.set(name, process);
    process.run();
    if (process.isAdopted) this.#checking ??= setInterval(() => this.#checkAdopted(), adoptedCheckMs);
    return process;
  }

  #checkAdopted(): void {
    const adopted = [...this.#processes.values()].filter((process) => process.isAdopted);
    for (const process of adopted) process.checkAdopted();
    if (adopted.length > 0) return;
    clearInterval(this.#checking);
    this.#checking = undefined;
  }

  #specFile(name: string): string {
    return join(this.#dataDir, 'run', `${name}.json`);
  }

  #logFile(name: string): string {
    return join(this.#dataDir, 'logs', `${name}.log`);
  }
}

/** What the supervisor of this data directory is to keep running, also while there is none. */
export function keptSpecs(dataDir: string): ProcessSpec[] {
  const dir = join(dataDir, 'run');
  if (!existsSync(dir)) return [];
  const files = readdirSync(dir).filter((name) => name.endsWith('.json'));
  return files.map((file) => JSON.parse(readFileSync(join(dir, file), 'utf8')) as ProcessSpec);
}
