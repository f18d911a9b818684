/** A real apiserver process in front of a real etcd, with certificates of its own; gone when the test ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Client, createClient } from '@t8s/client';
import type { ConnectionConfig } from '@t8s/component';
import { isStatus } from '@t8s/meta';
import { type EtcdProcess, startEtcd } from '@t8s/storage';
import { eventually } from '@t8s/testkit';
import { createPki, type Pki } from './pki.ts';

export interface Apiserver {
  url: string;
  pid: number;
  /** In `system:masters`. */
  admin: Client;
  connection: ConnectionConfig;
  /** A client with a certificate of its own; anonymous without a name. */
  client(name?: string, groups?: readonly string[]): Promise<Client>;
  /** What the process has written to its log. */
  output(): string;
  /** SIGTERM, and the exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL. */
  kill(): Promise<void>;
}

export interface Cluster {
  etcd: EtcdProcess;
  pki: Pki;
  /** The first apiserver. */
  api: Apiserver;
  /** Starts another one on the same etcd; on a free port unless told. */
  startApiserver(args?: readonly string[], port?: number): Promise<Apiserver>;
  stop(): Promise<void>;
}

export const program = resolve(import.meta.dirname, '../../../services/apiserver/dist/main.js');

/** Starts etcd and one apiserver that is ready. `args` are further flags. */
export async function startCluster(args: readonly string[] = []): Promise<Cluster> {
  const dir = await mkdtemp(join(tmpdir(), 't8s-integration-'));
  const [etcd, pki] = await Promise.all([startEtcd(), createPki(join(dir, 'pki'))]);
  const servers: Apiserver[] = [];
  const startApiserver = async (more: readonly string[] = [], port?: number): Promise<Apiserver> => {
    const server = await launch({ etcd, pki, args: [...args, ...more], port: port ?? (await freePort()) });
    servers.push(server);
    return server;
  };
  const stop = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.stop()));
    await etcd.stop();
    await rm(dir, { recursive: true });
  };
  try {
    return { etcd, pki, api: await startApiserver(), startApiserver, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Launch {
  etcd: EtcdProcess;
  pki: Pki;
  args: readonly string[];
  port: number;
}

async function launch({ etcd, pki, args, port }: Launch): Promise<Apiserver> {
  const child = spawn(process.execPath, [program, ...apiserverFlags({ port, endpoint: etcd.endpoint, pki }), ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let output = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const url = `https://127.0.0.1:${port}`;
  const connect = async (name?: string, groups?: readonly string[]): Promise<Client> => {
    const identity = name === undefined ? {} : await pki.client(name, groups);
    return createClient({ connection: { server: url, ca: pki.ca, ...identity }, userAgent: 'integration-test' });
  };
  const identity = await pki.client('admin', ['system:masters']);
  const connection: ConnectionConfig = { server: url, ca: pki.ca, ...identity };
  await writeFile(pki.file('admin.crt'), identity.cert);
  await writeFile(pki.file('admin.key'), identity.key);
  const admin = createClient({ connection, userAgent: 'integration-test' });
  const kill = async (): Promise<void> => {
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  };
  const pid = child.pid ?? 0;
  const server: Apiserver = { url, pid, admin, connection, client: connect, output: () => output, stop: () => stop(child), kill };
  try {
    await eventually(async () => {
      // There is nothing to wait for.
      if (child.exitCode !== null) return;
      await admin.request({ method: 'GET', path: '/readyz' });
      await withDefaultAccount(admin);
    }, 20_000);
    if (child.exitCode !== null) throw new Error(`it ended with code ${child.exitCode}`);
  } catch (error) {
    await stop(child);
    throw new Error(`the apiserver is not ready: ${(error as Error).message}\n${output}`, { cause: error });
  }
  return server;
}

/** The account that the controller manager, which is not here, would make. */
async function withDefaultAccount(admin: Client): Promise<void> {
  const body = JSON.stringify({ metadata: { name: 'default' } });
  const request = { method: 'POST', path: '/api/v1/namespaces/default/serviceaccounts', body };
  await admin.request(request).catch((error: unknown) => {
    if (!isStatus(error, 'AlreadyExists')) throw error;
  });
}

/** Flags of an apiserver for tests. */
export function apiserverFlags({ port, endpoint, pki }: { port: number; endpoint: string; pki: Pki }): string[] {
  return [
    `--etcd-servers=${endpoint}`,
    `--secure-port=${port}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=192.0.2.1',
    '--enable-admission-plugins=NodeRestriction',
    `--client-ca-file=${pki.file('ca.crt')}`,
    `--tls-cert-file=${pki.file('apiserver.crt')}`,
    `--tls-private-key-file=${pki.file('apiserver.key')}`,
    `--kubelet-client-certificate=${pki.file('apiserver-kubelet-client.crt')}`,
    `--kubelet-client-key=${pki.file('apiserver-kubelet-client.key')}`,
    `--kubelet-certificate-authority=${pki.file('ca.crt')}`,
    `--proxy-client-cert-file=${pki.file('front-proxy-client.crt')}`,
    `--proxy-client-key-file=${pki.file('front-proxy-client.key')}`,
    `--service-account-key-file=${pki.file('sa.pub')}`,
    `--service-account-signing-key-file=${pki.file('sa.key')}`,
  ];
}

async function stop(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  const kill = setTimeout(() => child.kill('SIGKILL'), 10_000);
  const [code] = (await exit) as [number | null];
  clearTimeout(kill);
  return code;
}

export function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const server = createServer();
    server.once('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => done(port));
    });
  });
}
