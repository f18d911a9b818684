/** The end of a server, in upstream's order: first it says that it is going, then it takes nothing more, then what it has ends. */
import type { Server } from 'node:https';

/** How long requests in flight may take to finish. Milliseconds. */
const graceMs = 10_000;
/** How often connections whose request has ended are looked for: they would be kept for another. Milliseconds. */
const idleMs = 50;

/** Aborts `delayMs` after `signal`: until then a server that says it is not ready still serves, so that nobody is sent to it meanwhile. */
export function delayed(signal: AbortSignal, delayMs: number): AbortSignal {
  const stopping = new AbortController();
  const stop = (): void => {
    if (delayMs <= 0) stopping.abort();
    else setTimeout(() => stopping.abort(), delayMs);
  };
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  return stopping.signal;
}

/** Takes no new connections, and resolves when the last request has been answered or its time is up. */
export async function shutDown(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  const idle = setInterval(() => server.closeIdleConnections(), idleMs);
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearInterval(idle);
  clearTimeout(timer);
}
