/** The processes of a cluster with their flags: read it as the list of what runs. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessSpec } from '../supervisor/process-spec.ts';
import { apiserverPort, type Cluster, clusterDomain, type Host } from './cluster.ts';
import { pauseImage } from './images/images.ts';
import { kubeletConfig, proxyConfig } from './kubeconfigs.ts';
import { kubeletCertificate } from './pki.ts';

/** Where the bundles are: `<install>/bin`. */
export interface Installation {
  dir: string;
}

export const logFile = ({ dataDir }: Cluster, name: string): string => join(dataDir, 'logs', `${name}.log`);

export const etcdUrl = ({ settings }: Cluster): string => `https://127.0.0.1:${settings.etcdPort}`;

export function etcdSpec(cluster: Cluster): ProcessSpec {
  const { dataDir, pki, settings } = cluster;
  const client = etcdUrl(cluster);
  const peer = `https://127.0.0.1:${settings.etcdPeerPort}`;
  const data = join(dataDir, 'etcd');
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const files = ['etcd/server.crt', 'etcd/server.key', 'etcd/peer.crt', 'etcd/peer.key', 'etcd/ca.crt'].map(pki);
  const [serverCert = '', serverKey = '', peerCert = '', peerKey = '', ca = ''] = files;
  return {
    name: 'etcd',
    command: 'etcd',
    args: [
      '--name=node-0',
      `--data-dir=${data}`,
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=node-0=${peer}`,
      '--client-cert-auth',
      `--trusted-ca-file=${ca}`,
      `--cert-file=${serverCert}`,
      `--key-file=${serverKey}`,
      '--peer-client-cert-auth',
      `--peer-trusted-ca-file=${ca}`,
      `--peer-cert-file=${peerCert}`,
      `--peer-key-file=${peerKey}`,
      '--snapshot-count=10000',
      '--logger=zap',
    ],
    // etcd 3.4 runs on a Raspberry Pi only when told that this is meant.
    ...(process.arch === 'x64' ? {} : { env: { ETCD_UNSUPPORTED_ARCH: process.arch } }),
    version: digest(files),
  };
}

export function apiserverSpec(cluster: Cluster, installation: Installation): ProcessSpec {
  const { pki, settings, hosts } = cluster;
  return service(installation, {
    name: 'apiserver',
    files: [
      'apiserver.crt',
      'apiserver.key',
      'ca.crt',
      'sa.key',
      'apiserver-etcd-client.crt',
      'apiserver-kubelet-client.crt',
      'front-proxy-client.crt',
    ].map(pki),
    flags: {
      'advertise-address': hosts[0]?.address ?? '',
      'secure-port': apiserverPort,
      'etcd-servers': etcdUrl(cluster),
      'etcd-cafile': pki('etcd/ca.crt'),
      'etcd-certfile': pki('apiserver-etcd-client.crt'),
      'etcd-keyfile': pki('apiserver-etcd-client.key'),
      'client-ca-file': pki('ca.crt'),
      'enable-bootstrap-token-auth': 'true',
      'enable-admission-plugins': 'NodeRestriction',
      'tls-cert-file': pki('apiserver.crt'),
      'tls-private-key-file': pki('apiserver.key'),
      'kubelet-certificate-authority': pki('ca.crt'),
      'kubelet-client-certificate': pki('apiserver-kubelet-client.crt'),
      'kubelet-client-key': pki('apiserver-kubelet-client.key'),
      'proxy-client-cert-file': pki('front-proxy-client.crt'),
      'proxy-client-key-file': pki('front-proxy-client.key'),
      'requestheader-allowed-names': 'front-proxy-client',
      'requestheader-client-ca-file': pki('front-proxy-ca.crt'),
      'service-account-issuer': `https://kubernetes.default.svc.${clusterDomain}`,
      'service-account-key-file': pki('sa.pub'),
      'service-account-signing-key-file': pki('sa.key'),
      'service-cluster-ip-range': settings.serviceCidr,
    },
  });
}

export function controlPlaneSpecs(cluster: Cluster, installation: Installation): ProcessSpec[] {
  const { pki, settings, kubeconfig } = cluster;
  return [
    service(installation, {
      name: 'controller-manager',
      files: [kubeconfig('controller-manager'), pki('ca.crt'), pki('ca.key'), pki('sa.key')],
      flags: {
        kubeconfig: kubeconfig('controller-manager'),
        controllers: '*,bootstrap-signer-controller,token-cleaner-controller',
        'cluster-cidr': settings.podCidr,
        'root-ca-file': pki('ca.crt'),
        'cluster-signing-cert-file': pki('ca.crt'),
        'cluster-signing-key-file': pki('ca.key'),
        'service-account-private-key-file': pki('sa.key'),
        'volume-directory': join(cluster.dataDir, 'volumes'),
      },
    }),
    service(installation, { name: 'scheduler', files: [kubeconfig('scheduler')], flags: { kubeconfig: kubeconfig('scheduler') } }),
  ];
}

export function nodeSpecs(cluster: Cluster, installation: Installation, host: Host): ProcessSpec[] {
  const certificate = cluster.pki(kubeletCertificate(host));
  const rootDir = join(host.dir, 'kubelet');
  mkdirSync(rootDir, { recursive: true, mode: 0o755 });
  return [
    service(installation, {
      name: 'kubelet',
      host,
      files: [kubeletConfig(host), `${certificate}.crt`, cluster.pki('ca.crt')],
      flags: {
        kubeconfig: kubeletConfig(host),
        'hostname-override': host.name,
        'node-ip': host.address,
        'root-dir': rootDir,
        'docker-endpoint': `unix://${host.dockerSocket}`,
        'pod-infra-container-image': pauseImage,
        'cluster-dns': cluster.dnsAddress,
        'cluster-domain': clusterDomain,
        'client-ca-file': cluster.pki('ca.crt'),
        'tls-cert-file': `${certificate}.crt`,
        'tls-private-key-file': `${certificate}.key`,
      },
    }),
    service(installation, {
      name: 'kube-proxy',
      host,
      files: [proxyConfig(host)],
      flags: { kubeconfig: proxyConfig(host), 'hostname-override': host.name, 'cluster-cidr': cluster.settings.podCidr },
    }),
  ];
}

interface Service {
  name: string;
  host?: Host;
  flags: Readonly<Record<string, string | number>>;
  /** Other contents of these restart the process, as another program does. */
  files: readonly string[];
}

function service({ dir }: Installation, { name, host, flags, files }: Service): ProcessSpec {
  const bundle = join(dir, 'bin', `${name}.js`);
  return {
    name: host ? `${host.name}.${name}` : name,
    command: process.execPath,
    args: [bundle, ...Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`)],
    // The C library else keeps a heap for each of node's threads: 5 MB a process.
    env: { MALLOC_ARENA_MAX: '2' },
    ...(host?.netns !== undefined && { netns: host.netns }),
    version: digest([bundle, ...files]),
  };
}

function digest(files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 12);
}
