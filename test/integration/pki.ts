/** Throw-away certificates for one test run: one CA for the server and its clients. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createCa, createSigningKey, issueCertificate, type KeyPair } from '@t8s/auth';

export interface Pki {
  dir: string;
  /** PEM text. */
  ca: string;
  file(name: string): string;
  /** A client certificate for `name` in `groups`. */
  client(name: string, groups?: readonly string[]): Promise<KeyPair>;
}

/** Writes ca.{crt,key}, apiserver.{crt,key}, apiserver-kubelet-client.{crt,key}, front-proxy-{ca,client}.crt, front-proxy-client.key, sa.{key,pub} into `dir`. */
export async function createPki(dir: string): Promise<Pki> {
  await mkdir(dir, { recursive: true });
  const file = (name: string): string => join(dir, name);
  const [ca, frontProxyCa] = await Promise.all([createCa({ commonName: 'kubernetes' }), createCa({ commonName: 'front-proxy-ca' })]);
  const hosts = ['127.0.0.1', 'localhost', 'kubernetes'];
  const [server, kubeletClient, frontProxy, serviceAccounts] = await Promise.all([
    issueCertificate({ ca, subject: { commonName: 'kube-apiserver' }, usages: ['server'], hosts }),
    issueCertificate({
      ca,
      subject: { commonName: 'kube-apiserver-kubelet-client' },
      usages: ['client'],
    }),
    issueCertificate({ ca: frontProxyCa, subject: { commonName: 'front-proxy-client' }, usages: ['client'] }),
    createSigningKey(),
  ]);
  const files = {
    'ca.crt': ca.cert,
    'ca.key': ca.key,
    'apiserver.crt': server.cert,
    'apiserver.key': server.key,
    'apiserver-kubelet-client.crt': kubeletClient.cert,
    'apiserver-kubelet-client.key': kubeletClient.key,
    'front-proxy-ca.crt': frontProxyCa.cert,
    'front-proxy-client.crt': frontProxy.cert,
    'front-proxy-client.key': frontProxy.key,
    'sa.key': serviceAccounts.privateKey,
    'sa.pub': serviceAccounts.publicKey,
  };
  await Promise.all(Object.entries(files).map(([name, text]) => writeFile(file(name), text, { mode: 0o600 })));
  return {
    dir,
    ca: ca.cert,
    file,
    client: (name, groups = []) => issueCertificate({ ca, subject: { commonName: name, organizations: groups }, usages: ['client'] }),
  };
}
