/** Files that change under a running process: certificates are renewed, mounted secrets are replaced. */
import { type FSWatcher, watch } from 'node:fs';
import { dirname } from 'node:path';

/** What comes in several steps (a certificate, then its key) is looked at when it has been quiet for so long. Milliseconds. */
const quietMs = 100;

/**
 * Calls `changed` after something has happened where the files are, until the signal aborts. Their directories are watched: so files
 * that are replaced by renaming, and links such as those of a mounted secret, are followed too. Throws where a directory is missing.
 */
export function watchFiles(paths: readonly string[], changed: () => void, signal: AbortSignal): void {
  let timer: NodeJS.Timeout | undefined;
  const soon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(changed, quietMs);
  };
  const watchers: FSWatcher[] = [...new Set(paths.map((path) => dirname(path)))].map((directory) => watch(directory, { signal }, soon));
  // A directory that goes takes its files with it: what was read last stays.
  for (const watcher of watchers) watcher.on('error', () => watcher.close());
  signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
}
