/** Control groups of hosts: Docker makes them, and leaves them behind. */
import { existsSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const root = '/sys/fs/cgroup';

/** Kills what runs in the host's groups (every hierarchy of v1, or v2's one) and removes them. */
export async function removeCgroups(name: string): Promise<void> {
  const hierarchies = existsSync(join(root, 'cgroup.controllers')) ? [root] : readdirSync(root).map((entry) => join(root, entry));
  for (const hierarchy of hierarchies) await removeTree(join(hierarchy, name));
}

async function removeTree(dir: string): Promise<void> {
  if (!existsSync(dir)) return;
  for (const entry of readdirSync(dir, { withFileTypes: true })) if (entry.isDirectory()) await removeTree(join(dir, entry.name));
  for (let tries = 0; ; tries += 1) {
    for (const pid of processesIn(dir)) kill(pid);
    try {
      rmdirSync(dir);
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') return;
      if (code !== 'EBUSY' || tries === 50) throw error;
      await delay(50);
    }
  }
}

function processesIn(dir: string): number[] {
  const file = join(dir, 'cgroup.procs');
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean).map(Number) : [];
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
