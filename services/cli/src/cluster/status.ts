/** `t8s status`: what runs. */
import { type Node, nodeKind, type Pod, podKind } from '@t8s/api';
import { humanDuration } from '@t8s/meta';
import { SupervisorGone } from '../supervisor/control.ts';
import type { ProcessStatus } from '../supervisor/process-spec.ts';
import { findProcess } from '../supervisor/supervised-process.ts';
import { keptSpecs } from '../supervisor/supervisor.ts';
import { describeCluster } from './cluster.ts';
import { troubleOf } from './health.ts';
import { clientAs } from './identities.ts';
import { nodeTrouble } from './readiness.ts';
import { nameOf, runningProcesses } from './running.ts';
import { readSettings } from './settings.ts';
import { supervisorClient } from './supervise.ts';

/** Writes the state and resolves with whether all of it is well. */
export async function status({ dataDir, out }: { dataDir: string; out: (text: string) => void }): Promise<boolean> {
  const settings = readSettings(dataDir);
  if (!settings) {
    out(`There is no cluster in ${dataDir}. \`sudo ./t8s up\` makes one.\n`);
    return false;
  }
  const rows = await processRows(dataDir);
  if (rows.length === 0) {
    out(`The cluster in ${dataDir} is down. \`sudo ./t8s up\` brings it back.\n`);
    return false;
  }
  out(table([['PROCESS', 'STATE', 'PID', 'MEMORY', 'RESTARTS', 'AGE'], ...rows]));
  const isRunning = rows.every((row) => row[1] === 'running');
  const cluster = describeCluster(dataDir, settings);
  const client = clientAs(cluster, 'admin');
  try {
    const nodes = (await client.resource(nodeKind).list()).items;
    const pods = (await client.resource(podKind).list()).items;
    out(`\n${table([['NODE', 'STATUS', 'ADDRESS', 'PODS'], ...nodes.map((node) => nodeRow(node, pods))])}`);
    out(`\nPods: ${summary(pods)}\n`);
    return isRunning && nodes.every((node) => nodeTrouble(node) === undefined);
  } catch (error) {
    out(`\nThe apiserver can't be asked: ${troubleOf(error)}\n`);
    return false;
  } finally {
    client.close();
  }
}

async function processRows(dataDir: string): Promise<string[][]> {
  const running = runningProcesses(dataDir);
  const memory = (pid: number | undefined): string => {
    const bytes = running.find((found) => found.pid === pid)?.memory;
    return bytes === undefined ? '-' : `${Math.round(bytes / 2 ** 20)}Mi`;
  };
  let listed: ProcessStatus[];
  try {
    listed = await supervisorClient().list();
  } catch (error) {
    if (!(error instanceof SupervisorGone)) throw error;
    return running.length === 0 ? [] : unsupervisedRows(dataDir, memory);
  }
  const supervisor = running.find((found) => nameOf(found) === 'supervisor');
  return [
    ...listed.map((process) => [
      process.name,
      process.state === 'running' ? 'running' : `waiting (${process.lastEnd ?? ''})`,
      String(process.pid ?? '-'),
      memory(process.pid),
      String(process.restarts),
      humanDuration(Date.now() - process.since),
    ]),
    ['supervisor', 'running', String(supervisor?.pid ?? '-'), memory(supervisor?.pid), '0', '-'],
  ];
}

/** The processes go on without their supervisor, until one of them ends. */
function unsupervisedRows(dataDir: string, memory: (pid: number | undefined) => string): string[][] {
  const rows = keptSpecs(dataDir).map((spec) => {
    const found = findProcess(dataDir, spec);
    return [spec.name, found ? 'running' : 'not running', String(found?.pid ?? '-'), memory(found?.pid), '-', '-'];
  });
  return [...rows, ['supervisor', 'not running (`sudo ./t8s up` starts it)', '-', '-', '-', '-']];
}

function nodeRow(node: Node, pods: readonly Pod[]): string[] {
  const { name = '' } = node.metadata;
  const address = node.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? '-';
  const own = pods.filter((pod) => pod.spec.nodeName === name).length;
  return [name, nodeTrouble(node) === undefined ? 'Ready' : 'NotReady', address, String(own)];
}

function summary(pods: readonly Pod[]): string {
  const counts = new Map<string, number>();
  for (const pod of pods) {
    const phase = pod.metadata.deletionTimestamp ? 'Terminating' : (pod.status?.phase ?? 'Unknown');
    counts.set(phase, (counts.get(phase) ?? 0) + 1);
  }
  return counts.size === 0 ? 'none' : [...counts].map(([phase, count]) => `${count} ${phase}`).join(', ');
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('   ')
          .trimEnd()}\n`,
    )
    .join('');
}
