/** What the supervisor is asked to keep running. */
export interface ProcessSpec {
  /** Unique in the cluster: `apiserver`, `node-1.kubelet`. */
  name: string;
  command: string;
  args: readonly string[];
  env?: Readonly<Record<string, string>>;
  /** Path of the network namespace it runs in; the machine's own where absent. */
  netns?: string;
  /** Of the program: another value restarts it, as other arguments do. */
  version?: string;
  /** Files that it leaves when killed, and that would mislead it when it starts: pid files. */
  staleFiles?: readonly string[];
  /** Milliseconds between SIGTERM and SIGKILL; 10,000 where absent. */
  stopTimeout?: number;
}

export interface ProcessStatus {
  name: string;
  /** `waiting`: ended, and to be started again after a delay. */
  state: 'running' | 'waiting';
  pid?: number;
  /** Milliseconds since the epoch. */
  since: number;
  restarts: number;
  /** How it ended last: `exit code 1`, `signal SIGKILL`, or why it couldn't be started. */
  lastEnd?: string;
}

/** Marks every process of a cluster in its environment: the kernel keeps this record, whoever is killed. */
export const clusterMark = 'T8S_CLUSTER';
export const processMark = 'T8S_PROCESS';
