/** The flags of kube-controller-manager, with upstream's names. A controller reads its own. */
import { createLegacyTokenIssuer, readCertificates, readPrivateKey } from '@t8s/auth';
import type { FlagSpec, Flags } from '@t8s/component';

const certificate = (what: string) =>
  ({ type: 'file', check: readCertificates, help: `CA certificate that ${what} are answered with` }) as const;
const key = { type: 'file', check: readPrivateKey, help: 'its key; nothing is signed without both' } as const;

export const flagSpecs = {
  kubeconfig: { type: 'string', required: true, help: 'file that says how to reach the apiserver' },
  controllers: { type: 'strings', default: ['*'], help: "controllers to run; '*' is all, '-name' leaves one out" },
  'leader-elect': { type: 'boolean', default: true, help: 'run only while holding the lease kube-system/kube-controller-manager' },
  'cluster-cidr': { type: 'string', help: 'range of pod addresses, cut into one range a node' },
  'node-cidr-mask-size': { type: 'number', default: 24, help: "prefix length of a node's range" },
  'root-ca-file': { type: 'file', check: readCertificates, help: 'CA certificate that kube-root-ca.crt publishes in every namespace' },
  'service-account-private-key-file': {
    type: 'file',
    check: createLegacyTokenIssuer,
    help: 'key that signs the tokens of secrets; there are none without it',
  },
  'legacy-service-account-token-clean-up-period': {
    type: 'duration',
    default: '8760h',
    help: 'after how long without use a generated token of a secret is marked invalid, and after how long again deleted',
  },
  'cluster-signing-cert-file': certificate('signing requests'),
  'cluster-signing-key-file': key,
  'cluster-signing-kubelet-serving-cert-file': certificate('those for kubelet-serving alone'),
  'cluster-signing-kubelet-serving-key-file': key,
  'cluster-signing-kubelet-client-cert-file': certificate('those for kube-apiserver-client-kubelet alone'),
  'cluster-signing-kubelet-client-key-file': key,
  'cluster-signing-kube-apiserver-client-cert-file': certificate('those for kube-apiserver-client alone'),
  'cluster-signing-kube-apiserver-client-key-file': key,
  'cluster-signing-legacy-unknown-cert-file': certificate('those for legacy-unknown alone'),
  'cluster-signing-legacy-unknown-key-file': key,
  'cluster-signing-duration': { type: 'duration', default: '8760h', help: 'longest life of a certificate that is signed' },
  'node-monitor-grace-period': { type: 'duration', default: '50s', help: 'how long a kubelet may be silent before its node is Unknown' },
  'node-startup-grace-period': { type: 'duration', default: '1m', help: 'how long a new kubelet may take to speak for the first time' },
  'node-monitor-period': { type: 'duration', default: '5s', help: 'how often nodes that fell silent are looked for' },
  'node-eviction-rate': { type: 'number', default: 0.1, help: 'nodes a second that are given up in a healthy zone' },
  'secondary-node-eviction-rate': { type: 'number', default: 0.01, help: 'the same in a large zone where many nodes are down' },
  'unhealthy-zone-threshold': { type: 'number', default: 0.55, help: 'part of the nodes of a zone from which on it is disrupted' },
  'large-cluster-size-threshold': { type: 'number', default: 50, help: 'a disrupted zone of no more nodes gives up none' },
  'max-endpoints-per-slice': { type: 'number', default: 100, help: 'endpoints in one EndpointSlice' },
  'mirroring-max-endpoints-per-subset': { type: 'number', default: 1000, help: 'addresses of a subset of Endpoints that are mirrored' },
  'endpoint-updates-batch-period': { type: 'duration', default: '0s', help: 'how long changes of pods wait for others in Endpoints' },
  'endpointslice-updates-batch-period': { type: 'duration', default: '0s', help: 'the same for EndpointSlices' },
  'terminated-pod-gc-threshold': { type: 'number', default: 12500, help: 'finished pods kept before the oldest are deleted' },
  'volume-directory': {
    type: 'string',
    default: '/var/lib/t8s/volumes',
    help: 'where the provisioner t8s.local/directory makes its directories',
  },
  'volume-helper-image': {
    type: 'string',
    default: 't8s.local/busybox:1',
    help: 'image whose shell makes, empties and deletes directories of volumes',
  },
  'horizontal-pod-autoscaler-sync-period': { type: 'duration', default: '15s', help: 'how often an autoscaler looks at its metrics' },
  'horizontal-pod-autoscaler-downscale-stabilization': { type: 'duration', default: '5m', help: 'how long lower recommendations wait' },
  'horizontal-pod-autoscaler-tolerance': { type: 'number', default: 0.1, help: 'ratios of use to target so close to 1 change nothing' },
  'horizontal-pod-autoscaler-cpu-initialization-period': {
    type: 'duration',
    default: '5m',
    help: 'so long after its start the CPU of a pod counts only where measured while it was ready',
  },
  'horizontal-pod-autoscaler-initial-readiness-delay': {
    type: 'duration',
    default: '30s',
    help: 'a pod unready so soon after its start has never been ready',
  },
  'healthz-port': { type: 'number', default: 10257, help: 'port of /healthz and /metrics on loopback' },
  v: { type: 'number', default: 0, help: 'verbosity of the log' },
} as const satisfies Record<string, FlagSpec>;

export type ManagerFlags = Flags<typeof flagSpecs>;
