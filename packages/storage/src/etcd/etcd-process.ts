/** Starts an etcd of its own on loopback, for tests and benchmarks: free ports, a directory that goes with it, no fsync. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EtcdOptions } from './etcd-client.ts';
import { EtcdStore } from './etcd-store.ts';

export interface EtcdProcess {
  endpoint: string;
  /** Ends it at once; `start` brings it back with its data. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Holds it still, with its connections open, until `resume`. */
  pause(): void;
  resume(): void;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

/** PEM texts: what etcd serves with, and what it and its clients trust. */
export interface EtcdTls {
  ca: string;
  cert: string;
  key: string;
}

/** With `tls` only over TLS, to clients that have a certificate of its CA. */
export async function startEtcd(tls?: EtcdTls): Promise<EtcdProcess> {
  const dir = await mkdtemp(join(tmpdir(), 't8s-etcd-'));
  const [client, peer] = await Promise.all([freePort(), freePort()]);
  const endpoint = `${tls ? 'https' : 'http'}://127.0.0.1:${client}`;
  const args = [
    '--data-dir',
    dir,
    '--unsafe-no-fsync',
    '--log-level',
    'error',
    '--listen-client-urls',
    endpoint,
    '--advertise-client-urls',
    endpoint,
    '--listen-peer-urls',
    `http://127.0.0.1:${peer}`,
    ...(tls ? await tlsFlags(dir, tls) : []),
  ];
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    child = spawn('etcd', args, { stdio: 'ignore', env: { ...process.env, ETCD_UNSUPPORTED_ARCH: process.arch } });
    await once(child, 'spawn');
    await untilServing({ endpoints: [endpoint], ...tls });
  };
  const kill = async (): Promise<void> => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  };
  const pause = (): void => void child?.kill('SIGSTOP');
  const resume = (): void => void child?.kill('SIGCONT');
  await start();
  const stop = async (): Promise<void> => {
    await kill();
    await rm(dir, { recursive: true });
  };
  return { endpoint, start, kill, pause, resume, stop };
}

async function tlsFlags(dir: string, { ca, cert, key }: EtcdTls): Promise<string[]> {
  const file = async (name: string, text: string): Promise<string> => {
    await writeFile(join(dir, name), text, { mode: 0o600 });
    return join(dir, name);
  };
  const files = ['--cert-file', await file('server.crt', cert), '--key-file', await file('server.key', key)];
  return [...files, '--client-cert-auth', '--trusted-ca-file', await file('ca.crt', ca)];
}

async function untilServing(etcd: EtcdOptions): Promise<void> {
  const store = new EtcdStore({ ...etcd, timeout: 500 });
  const end = Date.now() + 10_000;
  try {
    for (;;) {
      try {
        await store.currentRevision();
        return;
      } catch (error) {
        if (Date.now() > end) throw error;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  } finally {
    store.close();
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
