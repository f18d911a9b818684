/** Reads a container's log file as `kubectl logs` wants it: from its end, from a time, followed, limited. */
import { type FSWatcher, watch } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { type LogEntry, parseLogLine } from './log-format.ts';

export interface LogOptions {
  follow?: boolean;
  /** Undefined: all. */
  tailLines?: number;
  /** Epoch ms: earlier entries are left out. */
  since?: number;
  timestamps?: boolean;
  limitBytes?: number;
  stream?: 'All' | 'Stdout' | 'Stderr';
}

export interface LogSource {
  path: string;
  /** Resolves when nothing more will be written; asked only when following. */
  ended: Promise<void>;
}

const chunkSize = 64 * 1024;
const newline = 0x0a;

export async function* readLog({ path, ended }: LogSource, options: LogOptions, signal: AbortSignal): AsyncGenerator<Buffer> {
  let left = options.limitBytes ?? Number.POSITIVE_INFINITY;
  for await (const line of lines({ path, ended, tailLines: options.tailLines, follow: options.follow === true }, signal)) {
    const entry = parseLogLine(line);
    if (!entry || !isWanted(entry, options)) continue;
    const text = Buffer.from(options.timestamps ? `${entry.time} ${entry.text}` : entry.text);
    yield text.subarray(0, left);
    left -= text.length;
    if (left <= 0) return;
  }
}

function isWanted(entry: LogEntry, { since, stream = 'All' }: LogOptions): boolean {
  if (stream !== 'All' && stream.toLowerCase() !== entry.stream) return false;
  return since === undefined || Date.parse(entry.time) >= since;
}

interface LinesOptions extends LogSource {
  tailLines: number | undefined;
  follow: boolean;
}

async function* lines({ path, ended, tailLines, follow }: LinesOptions, signal: AbortSignal): AsyncGenerator<string> {
  let file = await open(path, 'r');
  try {
    let position = tailLines === undefined ? 0 : await tailStart(file, tailLines);
    let rest: Buffer = Buffer.alloc(0);
    // Watched before the first read: what is written in between is seen.
    const changes = follow ? watchFile(path, ended, signal) : undefined;
    try {
      for (;;) {
        const buffer = Buffer.allocUnsafe(chunkSize);
        const { bytesRead } = await file.read(buffer, 0, chunkSize, position);
        if (bytesRead > 0) {
          position += bytesRead;
          rest = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
          for (let end = rest.indexOf(newline); end >= 0; end = rest.indexOf(newline)) {
            yield rest.subarray(0, end).toString();
            rest = rest.subarray(end + 1);
          }
          continue;
        }
        if (signal.aborted || !changes || !(await changes.next())) return;
        const rotated = await reopen(path, file, position);
        if (rotated) {
          await file.close();
          file = rotated;
          position = 0;
        }
      }
    } finally {
      changes?.close();
    }
  } finally {
    await file.close();
  }
}

/** The runtime rotates logs by renaming or by truncating. */
async function reopen(path: string, file: FileHandle, position: number): Promise<FileHandle | undefined> {
  try {
    const [now, open_] = await Promise.all([stat(path), file.stat()]);
    const same = now.ino === open_.ino && now.size >= position;
    return same ? undefined : await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** `next` resolves with true at a change, and once more when the source has ended; then with false. */
function watchFile(path: string, ended: Promise<void>, signal: AbortSignal): { next(): Promise<boolean>; close(): void } {
  let changed = false;
  let over = false;
  let final = false;
  let wake: (() => void) | undefined;
  const poke = (): void => {
    changed = true;
    wake?.();
  };
  const watcher: FSWatcher = watch(path, poke);
  watcher.on('error', poke);
  const end = (): void => {
    over = true;
    wake?.();
  };
  void ended.then(end, end);
  signal.addEventListener('abort', end, { once: true });
  return {
    async next() {
      if (final || signal.aborted) return false;
      if (!changed && !over) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      changed = false;
      if (over) final = true;
      return !signal.aborted;
    },
    close() {
      watcher.close();
      signal.removeEventListener('abort', end);
    },
  };
}

/** Where the last `count` lines begin. */
async function tailStart(file: FileHandle, count: number): Promise<number> {
  const { size } = await file.stat();
  if (count === 0) return size;
  let found = 0;
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - chunkSize);
    const buffer = Buffer.allocUnsafe(end - start);
    await file.read(buffer, 0, buffer.length, start);
    for (let i = buffer.length - 1; i >= 0; i--) {
      if (buffer[i] !== newline || start + i === size - 1) continue;
      found += 1;
      if (found === count) return start + i + 1;
    }
    end = start;
  }
  return 0;
}
