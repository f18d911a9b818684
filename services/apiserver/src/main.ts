/** kube-apiserver: flags to options. */
import { networkInterfaces } from 'node:os';
import { readCertificates } from '@t8s/auth';
import { type FlagSpec, kubernetesVersion, processFlags, readFileFlag, runMain, UsageError } from '@t8s/component';
import { readAdmissionConfiguration } from './admission/configuration.ts';
import { selectPlugins } from './admission/plugins.ts';
import { type ApiServerOptions, startApiServer } from './apiserver.ts';
import { serviceAccountFlags, serviceAccountOptions } from './authn/service-account-issuer.ts';
import { staticTokens } from './authn/static-tokens.ts';
import { Ipv4Range } from './registry/service/ipv4-range.ts';
import { type FileFlag, type Following, followIdentity, followServing, readIdentity, servingFlags } from './serving-files.ts';

// A text becomes bytes once or twice a request, a few KB each, soon forgotten (what stays is copied): with node's 8 KB every third
// would make a new pool.
Buffer.poolSize = 64 * 1024;

const component = 'kube-apiserver';
const specs = {
  'etcd-servers': { type: 'strings', required: true, help: 'etcd endpoints, https://host:port' },
  'etcd-cafile': { type: 'file', check: readCertificates, help: "CA of etcd's certificates" },
  'etcd-certfile': { type: 'string', help: 'client certificate for etcd' },
  'etcd-keyfile': { type: 'string', help: 'key of the client certificate for etcd' },
  'bind-address': { type: 'string', default: '0.0.0.0', help: 'address to listen on' },
  'secure-port': { type: 'number', default: 6443, help: 'port to listen on' },
  'advertise-address': { type: 'string', help: "address that the service 'kubernetes' leads to; the first of this machine unless given" },
  ...servingFlags,
  ...serviceAccountFlags,
  'service-cluster-ip-range': { type: 'string', default: '10.96.0.0/12', help: 'range of cluster IPs' },
  'service-node-port-range': { type: 'string', default: '30000-32767', help: 'range of node ports' },
  'kubelet-client-certificate': { type: 'string', help: 'client certificate for kubelets' },
  'kubelet-client-key': { type: 'string', help: 'key of the client certificate for kubelets' },
  'kubelet-certificate-authority': { type: 'file', check: readCertificates, help: "CA of kubelets' serving certificates" },
  'requestheader-allowed-names': { type: 'strings', default: [], help: 'common names front proxies may have; any unless given' },
  'requestheader-username-headers': { type: 'strings', default: ['X-Remote-User'], help: 'headers in which a front proxy names the user' },
  'requestheader-uid-headers': { type: 'strings', default: [], help: 'headers in which a front proxy tells the uid' },
  'requestheader-group-headers': { type: 'strings', default: ['X-Remote-Group'], help: 'headers in which a front proxy names groups' },
  'requestheader-extra-headers-prefix': {
    type: 'strings',
    default: ['X-Remote-Extra-'],
    help: 'what headers of further facts about the user begin with',
  },
  'anonymous-auth': { type: 'boolean', default: true, help: 'let requests without credentials be those of system:anonymous' },
  'enable-bootstrap-token-auth': {
    type: 'boolean',
    default: false,
    help: 'take tokens from secrets of type bootstrap.kubernetes.io/token',
  },
  'token-auth-file': { type: 'string', help: 'file of tokens: lines of token,user,uid,"group1,group2"' },
  'enable-admission-plugins': { type: 'strings', default: [], help: 'admission plugins in force besides those that are by default' },
  'disable-admission-plugins': { type: 'strings', default: [], help: 'admission plugins not in force, though they are by default' },
  'admission-control-config-file': { type: 'string', help: 'file of an AdmissionConfiguration' },
  'proxy-client-cert-file': { type: 'string', help: 'client certificate by which extension apiservers know us' },
  'proxy-client-key-file': { type: 'string', help: 'key of the client certificate for extension apiservers' },
  'enable-aggregator-routing': {
    type: 'boolean',
    default: false,
    help: 'reach extension apiservers by their endpoints, not by the cluster IP of their service',
  },
  'event-ttl': { type: 'duration', default: '1h', help: 'how long events are kept' },
  'max-requests-inflight': { type: 'number', default: 400, help: 'reads served at a time; 0 is no limit' },
  'shutdown-delay-duration': { type: 'duration', default: '0s', help: 'how long to serve on after readyz has begun to fail' },
  'max-mutating-requests-inflight': { type: 'number', default: 200, help: 'writes served at a time; 0 is no limit' },
  'max-watches': { type: 'number', default: 10_000, help: 'watches at a time; 0 is no limit' },
  'max-watches-per-user': { type: 'number', default: 1000, help: 'watches of one user at a time; 0 is no limit' },
  'request-timeout': { type: 'duration', default: '1m', help: 'the longest a request may take that is not meant to last' },
  v: { type: 'number', default: 0, help: 'verbosity of the log' },
} as const satisfies Record<string, FlagSpec>;

const flags = processFlags(component, specs);

await runMain(component, flags.v, async ({ signal, log }) => {
  const checked = options({ signal, log });
  log.info({ version: kubernetesVersion }, 'starting');
  const { done } = await startApiServer({ ...checked, log }, signal).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EADDRINUSE') throw new UsageError(`--secure-port: port ${flags['secure-port']} is in use by another process`);
    throw error;
  });
  await done;
});

function options(following: Following): Omit<ApiServerOptions, 'log'> {
  const serviceAccounts = serviceAccountOptions(flags);
  const etcdCa = flags['etcd-cafile'];
  const tokenFile = flags['token-auth-file'];
  const { audiences } = serviceAccounts;
  return {
    etcd: {
      endpoints: flags['etcd-servers'],
      ...(etcdCa !== undefined && { ca: etcdCa }),
      ...readIdentity(named('etcd-certfile'), named('etcd-keyfile')),
    },
    serving: followServing(flags, following),
    frontProxy: {
      allowedNames: flags['requestheader-allowed-names'],
      user: lowerCase(flags['requestheader-username-headers']),
      uid: lowerCase(flags['requestheader-uid-headers']),
      group: lowerCase(flags['requestheader-group-headers']),
      extraPrefixes: lowerCase(flags['requestheader-extra-headers-prefix']),
    },
    authentication: {
      anonymous: flags['anonymous-auth'],
      bootstrapTokens: flags['enable-bootstrap-token-auth'],
      staticTokens:
        tokenFile === undefined
          ? undefined
          : readFileFlag({ flag: 'token-auth-file', file: tokenFile }, (text) => staticTokens(text, audiences)),
    },
    admission: {
      plugins: selectPlugins({ enable: flags['enable-admission-plugins'], disable: flags['disable-admission-plugins'] }),
      configuration: readAdmissionConfiguration(flags['admission-control-config-file']),
    },
    serviceAccounts,
    serviceRange: serviceRange(flags['service-cluster-ip-range']),
    nodePorts: nodePortRange(flags['service-node-port-range']),
    kubelet: {
      identity: followIdentity(named('kubelet-client-certificate'), named('kubelet-client-key'), following),
      ca: flags['kubelet-certificate-authority'],
    },
    aggregation: {
      identity: followIdentity(named('proxy-client-cert-file'), named('proxy-client-key-file'), following),
      toEndpoints: flags['enable-aggregator-routing'],
    },
    eventTtlSeconds: flags['event-ttl'] / 1000,
    limits: {
      readOnly: flags['max-requests-inflight'],
      mutating: flags['max-mutating-requests-inflight'],
      watches: flags['max-watches'],
      watchesPerUser: flags['max-watches-per-user'],
    },
    shutdownDelayMs: flags['shutdown-delay-duration'],
    requestTimeoutMs: flags['request-timeout'],
    bindAddress: flags['bind-address'],
    port: flags['secure-port'],
    advertiseIp: flags['advertise-address'] ?? firstAddress(),
  };
}

/** A flag that names a file; without one where it is not given. */
function named(flag: FileFlagName): FileFlag {
  return { flag, file: flags[flag] ?? '' };
}

type FileFlagName =
  | 'etcd-certfile'
  | 'etcd-keyfile'
  | 'kubelet-client-certificate'
  | 'kubelet-client-key'
  | 'proxy-client-cert-file'
  | 'proxy-client-key-file';

function lowerCase(names: readonly string[]): string[] {
  return names.map((name) => name.toLowerCase());
}

function serviceRange(cidr: string): Ipv4Range {
  try {
    return new Ipv4Range(cidr);
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(`--service-cluster-ip-range: ${error.message}`);
    throw error;
  }
}

function nodePortRange(text: string): { from: number; to: number } {
  const [, from = 0, to = 0] = (/^(\d+)-(\d+)$/.exec(text) ?? []).map(Number);
  if (from < 1 || to > 65535 || from > to) throw new UsageError(`--service-node-port-range: '${text}' is not a range such as 30000-32767`);
  return { from, to };
}

function firstAddress(): string {
  const found = Object.values(networkInterfaces())
    .flat()
    .find((address) => address?.family === 'IPv4' && !address.internal);
  return found?.address ?? '127.0.0.1';
}
