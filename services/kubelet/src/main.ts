import { hostname } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { systemClock } from '@t8s/async';
import { readCertificates } from '@t8s/auth';
import { type FlagSpec, followFiles, processFlags, readFileFlag, runMain, serveHealth, UsageError } from '@t8s/component';
import { connectApi } from './certificates/connect-api.ts';
import { servingCertificate } from './certificates/serving-certificate.ts';
import { startKubelet } from './kubelet.ts';
import { defaultAddress } from './node/machine.ts';

// A node starts a burst of pods now and then, and idles: a young generation that grew to V8's 32 MB would stay that large.
setFlagsFromString('--semi-space-growth-factor=1');

const specs = {
  kubeconfig: { type: 'string', required: true, help: 'how to reach the API server' },
  'bootstrap-kubeconfig': {
    type: 'string',
    default: '',
    help: 'how to get a certificate, and with it the kubeconfig, where there is none',
  },
  'cert-dir': { type: 'string', default: '/var/lib/kubelet/pki', help: 'where certificates are kept that the kubelet gets for itself' },
  'rotate-certificates': { type: 'boolean', default: false, help: 'ask for the next client certificate before this one ends' },
  'rotate-server-certificates': {
    type: 'boolean',
    default: false,
    help: 'ask for the certificate of the kubelet’s server, and for the next',
  },
  'node-ip': { type: 'strings', default: [], help: 'addresses of the node; the default route’s where none is given' },
  'hostname-override': { type: 'string', default: '', help: 'name of the node; the host’s where it is empty' },
  'root-dir': { type: 'string', default: '/var/lib/kubelet', help: 'where volumes and pod files are kept' },
  'container-runtime-endpoint': { type: 'string', default: '', help: 'a CRI socket (unix:///…); empty for Docker' },
  'docker-endpoint': { type: 'string', default: 'unix:///var/run/docker.sock', help: 'Docker’s socket' },
  'pod-infra-container-image': { type: 'string', default: 't8s.local/pause:1', help: 'image of the container that holds a pod’s network' },
  'cluster-dns': { type: 'strings', default: [], help: 'address of the cluster’s DNS service' },
  'cluster-domain': { type: 'string', default: 'cluster.local', help: 'domain of the cluster' },
  'resolv-conf': { type: 'string', default: '/etc/resolv.conf', help: 'the node’s own resolver; empty for none' },
  'client-ca-file': { type: 'string', required: true, help: 'CA of the clients of the kubelet’s server' },
  'tls-cert-file': { type: 'string', default: '', help: 'certificate of the kubelet’s server; one that signs itself where it is empty' },
  'tls-private-key-file': { type: 'string', default: '', help: 'its key' },
  address: { type: 'string', default: '0.0.0.0', help: 'where the kubelet’s server listens' },
  port: { type: 'number', default: 10250, help: 'port of the kubelet’s server' },
  'healthz-port': { type: 'number', default: 10248, help: 'port of /healthz on loopback; 0 for none' },
  'max-pods': { type: 'number', default: 110, help: 'pods that the node takes' },
  'allowed-unsafe-sysctls': { type: 'strings', default: [], help: 'sysctls that pods may set besides the safe ones, such as kernel.msg*' },
  'pod-cidr': { type: 'string', default: '', help: 'addresses of pods; the node’s podCIDR where it is empty' },
  'node-status-update-frequency': { type: 'duration', default: '10s', help: 'how often the node’s status is looked at' },
  'cni-conf-dir': { type: 'string', default: '/etc/cni/net.d', help: 'network configurations; the built-in network where there is none' },
  'cni-bin-dir': { type: 'strings', default: ['/opt/cni/bin', '/usr/lib/cni'], help: 'where network plugins are' },
  v: { type: 'number', default: 0, help: 'verbosity of the log' },
} as const satisfies Record<string, FlagSpec>;

const flags = processFlags('kubelet', specs);

await runMain('kubelet', flags.v, async ({ signal, log }) => {
  const caFile = { flag: 'client-ca-file', file: flags['client-ca-file'] };
  const clientCa = followFiles({ files: [caFile.file], read: () => readFileFlag(caFile, readBundle), log, signal });
  const address = defaultAddress();
  const nodeIps = flags['node-ip'].length > 0 ? flags['node-ip'] : address ? [address] : [];
  if (nodeIps.length === 0) throw new UsageError('this machine has no address but loopback: give --node-ip');
  const nodeName = (flags['hostname-override'] || hostname()).toLowerCase();
  const own = { nodeName, certDir: flags['cert-dir'], clock: systemClock, log, signal };
  const client = await connectApi({
    ...own,
    kubeconfig: flags.kubeconfig,
    bootstrapKubeconfig: flags['bootstrap-kubeconfig'],
    rotates: flags['rotate-certificates'],
  });
  const certificate = await servingCertificate({
    ...own,
    nodeIps,
    client,
    certFile: flags['tls-cert-file'],
    keyFile: flags['tls-private-key-file'],
    rotates: flags['rotate-server-certificates'],
  });
  const kubelet = await startKubelet({
    signal,
    log,
    client,
    config: {
      nodeName,
      nodeIps,
      rootDir: flags['root-dir'],
      runtimeEndpoint: flags['container-runtime-endpoint'],
      dockerSocket: flags['docker-endpoint'].replace(/^unix:\/\//, ''),
      pauseImage: flags['pod-infra-container-image'],
      clusterDns: flags['cluster-dns'],
      clusterDomain: flags['cluster-domain'],
      resolvConf: flags['resolv-conf'],
      maxPods: flags['max-pods'],
      unsafeSysctls: flags['allowed-unsafe-sysctls'],
      podCidr: flags['pod-cidr'],
      cniConfDir: flags['cni-conf-dir'],
      cniBinDirs: flags['cni-bin-dir'],
      nodeStatusFrequency: flags['node-status-update-frequency'],
      server: {
        address: flags.address,
        port: flags.port,
        certificate,
        clientCa,
      },
    },
  });
  if (flags['healthz-port'] > 0)
    await serveHealth({
      port: flags['healthz-port'],
      metrics: () => kubelet.metrics(),
      signal,
    });
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
});

/** The certificates of a CA, as they stand there. */
function readBundle(pem: string): string {
  readCertificates(pem);
  return pem;
}
