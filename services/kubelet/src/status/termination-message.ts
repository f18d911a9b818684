import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { ContainerStatus } from '@t8s/cri';
import { annotationNames } from '../pods/actions.ts';
import { parseLogLine } from '../server/log-format.ts';

/** Upstream's limits: of the message file, and of the log that stands in for it. */
const fileLimit = 4096;
const logLimit = 2048;
const logLines = 80;

/** What a container left behind: its message file, or the end of its log where it asked for that and failed. Read once. */
export class TerminationMessages {
  readonly #known = new Map<string, string>();

  of(status: ContainerStatus): string {
    if (status.state !== 'CONTAINER_EXITED') return '';
    const known = this.#known.get(status.id);
    if (known !== undefined) return known;
    const message = this.#read(status);
    this.#known.set(status.id, message);
    return message;
  }

  forget(containerId: string): void {
    this.#known.delete(containerId);
  }

  #read({ annotations, mounts, exitCode, logPath }: ContainerStatus): string {
    const path = annotations[annotationNames.terminationMessagePath];
    const file = mounts.find((m) => m.containerPath === path)?.hostPath;
    const message = file === undefined ? '' : tail(file, fileLimit);
    if (message !== '' || exitCode === 0 || annotations[annotationNames.terminationMessagePolicy] !== 'FallbackToLogsOnError')
      return message;
    const lines = tail(logPath, 4 * logLimit)
      .split('\n')
      .filter((line) => line !== '');
    return lines
      .slice(-logLines)
      .map((line) => parseLogLine(line)?.text ?? '')
      .join('')
      .slice(-logLimit);
  }
}

function tail(file: string, limit: number): string {
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
  try {
    const { size } = fstatSync(fd);
    const buffer = Buffer.alloc(Math.min(limit, size));
    readSync(fd, buffer, 0, buffer.length, size - buffer.length);
    return buffer.toString();
  } finally {
    closeSync(fd);
  }
}
