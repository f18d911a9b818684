/** A real apiserver on a real etcd, with certificates made for the occasion: TLS everywhere, as in a cluster. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serviceAccountKind } from '@t8s/api';
import { createCa, createSigningKey, issueCertificate } from '@t8s/auth';
import { type Client, createClient } from '@t8s/client';
import { type ConnectionConfig, formatKubeconfig } from '@t8s/component';
import { type EtcdProcess, type EtcdTls, startEtcd } from '@t8s/storage';
import { eventually } from '@t8s/testkit';
import { type ProcessUse, startService } from './service-process.ts';

export interface ApiServerProcess extends ProcessUse {
  connection: ConnectionConfig;
  client: Client;
  etcd: EtcdProcess;
  /** What etcd asks of its clients. PEM texts. */
  etcdIdentity: EtcdTls;
  /** Holds ca.crt, serving.crt and serving.key; gone at the end. */
  dir: string;
  /** Writes the kubeconfig of a client; resolves with its path. */
  kubeconfig(commonName: string, organizations?: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

/** `profiles` is a directory for the CPU profile that the server writes when it ends. */
export async function startApiServerProcess({ profiles }: { profiles?: string | undefined } = {}): Promise<ApiServerProcess> {
  const dir = await mkdtemp(join(tmpdir(), 't8s-perf-'));
  const ca = await createCa({ commonName: 'kubernetes' });
  const etcdIdentity = {
    ca: ca.cert,
    ...(await issueCertificate({ ca, subject: { commonName: 'etcd' }, usages: ['server', 'client'], hosts: ['127.0.0.1', 'localhost'] })),
  };
  const etcd = await startEtcd(etcdIdentity);
  const serving = await issueCertificate({ ca, subject: { commonName: 'kube-apiserver' }, usages: ['server'], hosts: ['127.0.0.1'] });
  const issue = (commonName: string, organizations: readonly string[] = []): Promise<{ cert: string; key: string }> =>
    issueCertificate({ ca, subject: { commonName, organizations: [...organizations] }, usages: ['client'] });
  const { privateKey } = await createSigningKey();
  const file = async (name: string, text: string): Promise<string> => {
    await writeFile(join(dir, name), text, { mode: 0o600 });
    return join(dir, name);
  };
  const port = await freePort();
  const key = await file('sa.key', privateKey);
  const server = startService({
    name: 'apiserver',
    profiles,
    flags: {
      'etcd-servers': etcd.endpoint,
      'etcd-cafile': await file('ca.crt', ca.cert),
      'etcd-certfile': await file('etcd.crt', etcdIdentity.cert),
      'etcd-keyfile': await file('etcd.key', etcdIdentity.key),
      'secure-port': port,
      'bind-address': '127.0.0.1',
      'advertise-address': '192.0.2.1',
      'tls-cert-file': await file('serving.crt', serving.cert),
      'tls-private-key-file': await file('serving.key', serving.key),
      'client-ca-file': await file('ca.crt', ca.cert),
      'service-account-key-file': key,
      'service-account-signing-key-file': key,
      'enable-admission-plugins': 'NodeRestriction',
      'max-requests-inflight': 0,
      'max-mutating-requests-inflight': 0,
    },
  });
  const url = `https://127.0.0.1:${port}`;
  const connection = { server: url, ca: ca.cert, ...(await issue('admin', ['system:masters'])) };
  const client = createClient({ connection, userAgent: 'perf/1' });
  await eventually(() => client.request({ method: 'GET', path: '/readyz' }), 20_000);
  await client.resource(serviceAccountKind).create({ metadata: { name: 'default', namespace: 'default' } });
  return {
    ...server,
    connection,
    client,
    etcd,
    etcdIdentity,
    dir,
    async kubeconfig(commonName, organizations) {
      const identity = await issue(commonName, organizations);
      return file(`${commonName.replaceAll(':', '-')}.conf`, kubeconfigText(url, ca.cert, identity));
    },
    async stop() {
      client.close();
      await server.stop();
      await etcd.stop();
      await rm(dir, { recursive: true });
    },
  };
}

function kubeconfigText(server: string, ca: string, { cert, key }: { cert: string; key: string }): string {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  return formatKubeconfig({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'perf',
    clusters: [{ name: 'perf', cluster: { server, 'certificate-authority-data': base64(ca) } }],
    users: [{ name: 'perf', user: { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) } }],
    contexts: [{ name: 'perf', context: { cluster: 'perf', user: 'perf' } }],
  });
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
