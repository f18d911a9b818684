/** How the kubelet comes to be known to the API: by its kubeconfig, or first by what gets it one (TLS bootstrap). */
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock } from '@t8s/async';
import { certificateLife, type KeyPair } from '@t8s/auth';
import { type Client, createClient } from '@t8s/client';
import { type ConnectionConfig, formatKubeconfig, Held, kubernetesVersion, loadConnection, UsageError } from '@t8s/component';
import type { Logger } from '@t8s/telemetry';
import { CertificateFiles } from './certificate-files.ts';
import { keepCertificate, stillGood } from './keep-certificate.ts';
import { nodeIdentity, type WantedCertificate } from './request-certificate.ts';

export interface ConnectOptions {
  kubeconfig: string;
  /** Empty for none. */
  bootstrapKubeconfig: string;
  certDir: string;
  nodeName: string;
  rotates: boolean;
  clock: Clock;
  log: Logger;
  signal: AbortSignal;
}

const userAgent = `kubelet/${kubernetesVersion}`;

/** Resolves when there is a certificate to connect with; keeps it good from then on where it rotates. Throws UsageError. */
export async function connectApi(options: ConnectOptions): Promise<Client> {
  const { kubeconfig, bootstrapKubeconfig, nodeName, clock, signal } = options;
  const wanted: WantedCertificate = {
    subject: nodeIdentity(nodeName),
    hosts: [],
    signerName: 'kubernetes.io/kube-apiserver-client-kubelet',
    usages: ['digital signature', 'client auth'],
  };
  const files = new CertificateFiles(options.certDir, 'kubelet-client');
  const keep = { ...options, files, wanted };
  const bootstrap = bootstrapKubeconfig === '' ? undefined : loadConnection(bootstrapKubeconfig);
  if (bootstrap && !isUsable(kubeconfig, options)) {
    await firstCertificate(keep, bootstrap);
    writeKubeconfig(kubeconfig, bootstrap, files.currentPath);
  }
  const connection = loadConnection(kubeconfig);
  if (!options.rotates) return createClient({ connection, userAgent });
  const { cert, key } = connection;
  const given = cert !== undefined && key !== undefined ? { cert, key } : undefined;
  const held = new Held(stillGood(files.read(), wanted, clock) ?? given);
  const client = createClient({ connection, userAgent, certificate: () => held.current });
  const newcomer = bootstrap && createClient({ connection: bootstrap, userAgent });
  // Who was away so long that his certificate ended begins anew.
  const asker = (): Client => (newcomer && !stillGood(held.current, wanted, clock) ? newcomer : client);
  void keepCertificate({ ...keep, held, client: asker }, signal);
  return client;
}

/** Whether there is a kubeconfig with a certificate that has not ended. */
function isUsable(kubeconfig: string, { clock, log }: ConnectOptions): boolean {
  if (!existsSync(kubeconfig)) return false;
  try {
    const { cert } = loadConnection(kubeconfig);
    return cert !== undefined && certificateLife(cert).notAfter.getTime() > clock.now();
  } catch (error) {
    log.warn({ err: error, kubeconfig }, 'the kubeconfig is of no use: it will be replaced');
    return false;
  }
}

async function firstCertificate(
  keep: ConnectOptions & { files: CertificateFiles; wanted: WantedCertificate },
  connection: ConnectionConfig,
): Promise<void> {
  const client = createClient({ connection, userAgent });
  const held = new Held<KeyPair | undefined>(undefined);
  const done = new AbortController();
  held.onChange(() => done.abort());
  await keepCertificate({ ...keep, held, client: () => client }, AbortSignal.any([keep.signal, done.signal]));
  client.close();
  keep.signal.throwIfAborted();
}

/** The same server, with the certificate in its file; names are upstream's. */
function writeKubeconfig(file: string, { server, ca, insecureSkipVerify, serverName }: ConnectionConfig, pemFile: string): void {
  const text = formatKubeconfig({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'default-context',
    preferences: {},
    clusters: [
      {
        name: 'default-cluster',
        cluster: {
          server,
          ...(ca !== undefined && { 'certificate-authority-data': Buffer.from(ca).toString('base64') }),
          ...(insecureSkipVerify && { 'insecure-skip-tls-verify': true }),
          ...(serverName !== undefined && { 'tls-server-name': serverName }),
        },
      },
    ],
    contexts: [{ name: 'default-context', context: { cluster: 'default-cluster', namespace: 'default', user: 'default-auth' } }],
    users: [{ name: 'default-auth', user: { 'client-certificate': pemFile, 'client-key': pemFile } }],
  });
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.new`, text, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  } catch (error) {
    throw new UsageError(`--kubeconfig: cannot write ${file}: ${(error as NodeJS.ErrnoException).code}`);
  }
}
