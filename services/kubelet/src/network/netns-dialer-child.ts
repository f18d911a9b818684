/**
 * Runs inside a pod's network namespace: connects to its loopback, and hands the connection to the kubelet, whose it is
 * from then on. Ends with the kubelet.
 */
import { Socket } from 'node:net';
import type { DialAnswer, DialRequest } from './netns-dialer.ts';

process.on('message', ({ id, port }: DialRequest) => connect(id, port, ['127.0.0.1', '::1'], []));
process.on('disconnect', () => process.exit());

function connect(id: number, port: number, [host, ...others]: string[], failures: DialAnswer['failures']): void {
  if (host === undefined) return void process.send?.({ id, failures } satisfies DialAnswer);
  // Not read here: what a server says first is the kubelet's to read.
  const socket = new Socket().pause();
  socket.once('error', ({ errno = 0 }: NodeJS.ErrnoException) => connect(id, port, others, [...failures, errno]));
  socket.connect(port, host, () => {
    socket.removeAllListeners('error');
    process.send?.({ id, failures: [] } satisfies DialAnswer, socket);
  });
}
