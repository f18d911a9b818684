/** The cluster's certificates and keys, made at the first `up` and renewed by a later one; files are named as kubeadm's. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { hostname, networkInterfaces } from 'node:os';
import { dirname } from 'node:path';
import { createCa, createSigningKey, type IssueCertificateOptions, issueCertificate, isUsableCertificate, type KeyPair } from '@t8s/auth';
import { type Cluster, clusterDomain, type Host } from './cluster.ts';
import { overlaps, parseRange } from './ipv4.ts';
import { SetupError } from './setup-error.ts';

type Request = Pick<IssueCertificateOptions, 'subject' | 'usages' | 'hosts'> & { file: string; ca: string };

/** Authorities by file, with their common names. */
const authorities = { ca: 'kubernetes', 'front-proxy-ca': 'front-proxy-ca', 'etcd/ca': 'etcd-ca' } as const;

/** Makes what is missing, replaces what nears its end or lacks an address. Throws SetupError where an authority has no key. */
export async function ensurePki(cluster: Cluster): Promise<void> {
  for (const [file, commonName] of Object.entries(authorities)) await ensureCa(cluster, file, commonName);
  for (const request of requests(cluster)) await ensureCertificate(cluster, request);
  if (existsSync(cluster.pki('sa.key'))) return;
  const { privateKey, publicKey } = await createSigningKey();
  write(cluster.pki('sa.pub'), publicKey, 0o644);
  write(cluster.pki('sa.key'), privateKey, 0o600);
}

/** A client certificate of the cluster's authority. */
export function issueClient(cluster: Cluster, subject: IssueCertificateOptions['subject']): Promise<KeyPair> {
  return issueCertificate({ ca: readPair(cluster, 'ca'), subject, usages: ['client'] });
}

/** Path, in the PKI, of the certificate that the kubelet of a host serves with. */
export const kubeletCertificate = ({ name }: Host): string => `nodes/${name}`;

/** Addresses by which others may call this machine; those of the pod network come and go with it. */
function machineAddresses(podCidr: string): string[] {
  const pods = parseRange(podCidr);
  return Object.values(networkInterfaces()).flatMap((addresses) =>
    (addresses ?? []).flatMap(({ family, internal, address }) => {
      const range = family === 'IPv4' && !internal ? parseRange(`${address}/32`) : undefined;
      return range && !(pods && overlaps(pods, range)) ? [address] : [];
    }),
  );
}

function requests({ serviceAddress, hosts, settings }: Cluster): Request[] {
  const [first] = hosts;
  const machine = machineAddresses(settings.podCidr);
  const names = ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', `kubernetes.default.svc.${clusterDomain}`];
  const loopback = ['localhost', '127.0.0.1', '::1'];
  const etcd = { ca: 'etcd/ca', subject: { commonName: 'node-0' }, usages: ['server', 'client'], hosts: ['node-0', ...loopback] } as const;
  return [
    {
      file: 'apiserver',
      ca: 'ca',
      subject: { commonName: 'kube-apiserver' },
      usages: ['server'],
      hosts: [...new Set([...names, hostname(), 'node-0', ...loopback, serviceAddress, ...(first ? [first.address] : []), ...machine])],
    },
    {
      file: 'apiserver-kubelet-client',
      ca: 'ca',
      subject: { commonName: 'kube-apiserver-kubelet-client' },
      usages: ['client'],
    },
    { file: 'front-proxy-client', ca: 'front-proxy-ca', subject: { commonName: 'front-proxy-client' }, usages: ['client'] },
    { file: 'apiserver-etcd-client', ca: 'etcd/ca', subject: { commonName: 'kube-apiserver-etcd-client' }, usages: ['client'] },
    { file: 'etcd/server', ...etcd },
    { file: 'etcd/peer', ...etcd },
    ...hosts.map(
      (host): Request => ({
        file: kubeletCertificate(host),
        ca: 'ca',
        subject: { commonName: `system:node:${host.name}`, organizations: ['system:nodes'] },
        usages: ['server'],
        hosts: [host.name, host.address],
      }),
    ),
  ];
}

async function ensureCa(cluster: Cluster, file: string, commonName: string): Promise<void> {
  const [cert, key] = [cluster.pki(`${file}.crt`), cluster.pki(`${file}.key`)];
  if (existsSync(cert) && existsSync(key)) return;
  if (existsSync(cert))
    throw new SetupError({
      what: `certificate authority ${cert}`,
      why: 'its key is gone',
      remedy: `put ${key} back, or start anew with \`t8s down --purge\``,
    });
  writePair(cluster, file, await createCa({ commonName }));
}

async function ensureCertificate(cluster: Cluster, { file, ca, ...request }: Request): Promise<void> {
  const authority = readPair(cluster, ca);
  const path = cluster.pki(`${file}.crt`);
  if (
    existsSync(path) &&
    existsSync(cluster.pki(`${file}.key`)) &&
    isUsableCertificate({ ...request, cert: readFileSync(path, 'utf8'), ca: authority.cert })
  )
    return;
  writePair(cluster, file, await issueCertificate({ ca: authority, ...request }));
}

function readPair(cluster: Cluster, file: string): KeyPair {
  return { cert: readFileSync(cluster.pki(`${file}.crt`), 'utf8'), key: readFileSync(cluster.pki(`${file}.key`), 'utf8') };
}

/** The key first: a certificate that is there has its key. */
function writePair(cluster: Cluster, file: string, { cert, key }: KeyPair): void {
  write(cluster.pki(`${file}.key`), key, 0o600);
  write(cluster.pki(`${file}.crt`), cert, 0o644);
}

/** Whole or not at all. */
function write(path: string, text: string, mode: number): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(`${path}.new`, text, { mode });
  renameSync(`${path}.new`, path);
}
