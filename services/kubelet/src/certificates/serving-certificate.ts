/** The certificate of the kubelet's server: given, asked for through the API, or one that signs itself. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import type { Clock } from '@t8s/async';
import { createCa, issueCertificate, type KeyPair } from '@t8s/auth';
import type { Client } from '@t8s/client';
import { followFiles, Held, UsageError } from '@t8s/component';
import type { Logger } from '@t8s/telemetry';
import { CertificateFiles } from './certificate-files.ts';
import { keepCertificate, stillGood } from './keep-certificate.ts';
import { nodeIdentity, type WantedCertificate } from './request-certificate.ts';

export interface ServingOptions {
  /** Empty for none. */
  certFile: string;
  keyFile: string;
  certDir: string;
  nodeName: string;
  nodeIps: readonly string[];
  rotates: boolean;
  client: Client;
  clock: Clock;
  log: Logger;
  signal: AbortSignal;
}

/** Throws UsageError where a file that is named is none that can be used. */
export async function servingCertificate(options: ServingOptions): Promise<Held<KeyPair | undefined>> {
  const { certFile, keyFile, certDir, nodeName, nodeIps, client, clock } = options;
  if ((certFile === '') !== (keyFile === '')) throw new UsageError('--tls-cert-file and --tls-private-key-file go together');
  const hosts = [nodeName, ...nodeIps];
  const read = (): KeyPair => readGiven(certFile, keyFile);
  if (!options.rotates && certFile !== '') return followFiles({ ...options, files: [certFile, keyFile], read });
  if (!options.rotates) return new Held(await selfSigned(certDir, nodeName, hosts));
  const wanted: WantedCertificate = {
    subject: nodeIdentity(nodeName),
    hosts,
    signerName: 'kubernetes.io/kubelet-serving',
    usages: ['digital signature', 'server auth'],
  };
  const files = new CertificateFiles(certDir, 'kubelet-server');
  const held = new Held(stillGood(files.read(), wanted, clock) ?? (certFile === '' ? undefined : read()));
  void keepCertificate({ ...options, held, files, wanted, client: () => client }, options.signal);
  return held;
}

/** `kubelet.crt` and `kubelet.key`: made once. */
async function selfSigned(dir: string, nodeName: string, hosts: readonly string[]): Promise<KeyPair> {
  const [certFile, keyFile] = [join(dir, 'kubelet.crt'), join(dir, 'kubelet.key')];
  if (existsSync(certFile) && existsSync(keyFile)) return { cert: readText(certFile), key: readText(keyFile) };
  const ca = await createCa({ commonName: `${nodeName}-ca` });
  const { cert, key } = await issueCertificate({ ca, subject: { commonName: nodeName }, usages: ['server'], hosts });
  mkdirSync(dir, { recursive: true, mode: 0o755 });
  writeFileSync(keyFile, key, { mode: 0o600 });
  writeFileSync(certFile, cert + ca.cert, { mode: 0o644 });
  return { cert: cert + ca.cert, key };
}

function readGiven(certFile: string, keyFile: string): KeyPair {
  const pair = { cert: readText(certFile), key: readText(keyFile) };
  try {
    createSecureContext(pair);
  } catch (error) {
    throw new UsageError(`--tls-cert-file ${certFile}, --tls-private-key-file ${keyFile}: ${(error as Error).message}`);
  }
  return pair;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`cannot read ${file}: ${(error as NodeJS.ErrnoException).code ?? String(error)}`);
  }
}
