/** A real apiserver on a real etcd, with certificates made for the occasion. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serviceAccountKind } from '@t8s/api';
import { createCa, createSigningKey, issueCertificate } from '@t8s/auth';
import { type Client, createClient } from '@t8s/client';
import type { ConnectionConfig } from '@t8s/component';
import { type EtcdProcess, startEtcd } from '@t8s/storage';
import { eventually } from '@t8s/testkit';

export interface ApiServerProcess {
  connection: ConnectionConfig;
  client: Client;
  etcd: EtcdProcess;
  /** Seconds of CPU used so far. */
  cpu(): Promise<number>;
  /** Resident memory in MB. */
  memory(): Promise<number>;
  stop(): Promise<void>;
}

/** `profiles` is a directory for the CPU profile that the server writes when it ends. */
export async function startApiServerProcess({ profiles }: { profiles?: string | undefined } = {}): Promise<ApiServerProcess> {
  const dir = await mkdtemp(join(tmpdir(), 't8s-perf-'));
  const etcd = await startEtcd();
  const ca = await createCa({ commonName: 'kubernetes' });
  const serving = await issueCertificate({ ca, subject: { commonName: 'kube-apiserver' }, usages: ['server'], hosts: ['127.0.0.1'] });
  const admin = await issueCertificate({ ca, subject: { commonName: 'admin', organizations: ['system:masters'] }, usages: ['client'] });
  const { privateKey } = await createSigningKey();
  const file = async (name: string, text: string): Promise<string> => {
    await writeFile(join(dir, name), text, { mode: 0o600 });
    return join(dir, name);
  };
  const port = await freePort();
  const key = await file('sa.key', privateKey);
  const flags = {
    'etcd-servers': etcd.endpoint,
    'secure-port': port,
    'bind-address': '127.0.0.1',
    'advertise-address': '192.0.2.1',
    'tls-cert-file': await file('tls.crt', serving.cert),
    'tls-private-key-file': await file('tls.key', serving.key),
    'client-ca-file': await file('ca.crt', ca.cert),
    'service-account-key-file': key,
    'service-account-signing-key-file': key,
    'max-requests-inflight': 0,
    'max-mutating-requests-inflight': 0,
  };
  const nodeFlags = profiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiles}`];
  const args = [...nodeFlags, 'bin/apiserver.js', ...Object.entries(flags).map(([name, value]) => `--${name}=${value}`)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const connection = { server: `https://127.0.0.1:${port}`, ca: ca.cert, cert: admin.cert, key: admin.key };
  const client = createClient({ connection, userAgent: 'perf/1' });
  await eventually(() => client.request({ method: 'GET', path: '/readyz' }), 20_000);
  await client.resource(serviceAccountKind).create({ metadata: { name: 'default', namespace: 'default' } });
  return {
    connection,
    client,
    etcd,
    cpu: () => cpuSeconds(child),
    memory: async () => Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024,
    async stop() {
      client.close();
      const exit = once(child, 'exit');
      child.kill(profiles === undefined ? 'SIGKILL' : 'SIGTERM');
      await exit;
      await etcd.stop();
      await rm(dir, { recursive: true });
    },
  };
}

/** From /proc: user and system time in clock ticks of 10 ms. */
async function cpuSeconds({ pid }: ChildProcess): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
