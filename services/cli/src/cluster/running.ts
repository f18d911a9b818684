/** Processes of clusters on this machine, whoever started them. */
import { setTimeout as delay } from 'node:timers/promises';
import { isRunning, type MarkedProcess, markedProcesses, signalProcess } from '../supervisor/kernel-processes.ts';

/** The data directories of the clusters that have a process running. */
export const runningClusters = (): string[] => [...new Set(markedProcesses().map(({ cluster }) => cluster))];

/** All processes of a cluster, children of its processes included. */
export const runningProcesses = (dataDir: string): MarkedProcess[] => markedProcesses().filter(({ cluster }) => cluster === dataDir);

/** The name in the spec that it was started from; children of a process carry its name too. */
export const nameOf = ({ process }: MarkedProcess): string => process.split('@')[0] ?? '';

/** SIGTERM to all, SIGKILL to those that are still there after `timeout` ms. Resolves when they are gone. */
export async function endProcesses(processes: readonly MarkedProcess[], timeout: number): Promise<void> {
  for (const found of processes) signalProcess(found, 'SIGTERM');
  const end = Date.now() + timeout;
  let isKilled = false;
  while (processes.some(isRunning)) {
    if (!isKilled && Date.now() > end) {
      for (const found of processes) signalProcess(found, 'SIGKILL');
      isKilled = true;
    }
    await delay(30);
  }
}
