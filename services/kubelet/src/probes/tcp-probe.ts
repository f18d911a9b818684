import { connect } from 'node:net';
import { dialError } from './http-probe.ts';
import type { ProbeResult } from './probe-result.ts';

export function tcpProbe(host: string, port: number, timeoutMs: number): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (result: ProbeResult): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(result);
    };
    const timer = setTimeout(() => end({ ok: false, output: `dial tcp ${host}:${port}: i/o timeout` }), timeoutMs);
    socket.once('connect', () => end({ ok: true, output: '' }));
    socket.once('error', (error: NodeJS.ErrnoException) => end({ ok: false, output: dialError(error, host, port) }));
  });
}
