/** What the signers of kubelets' certificates accept (upstream's rules and messages, v1.34). */
import type { RequestedCertificate } from '@t8s/auth';

export const signers = {
  client: 'kubernetes.io/kube-apiserver-client',
  kubeletClient: 'kubernetes.io/kube-apiserver-client-kubelet',
  kubeletServing: 'kubernetes.io/kubelet-serving',
  legacy: 'kubernetes.io/legacy-unknown',
} as const;

type Flaw = string | false | undefined;

const firstOf = (flaws: readonly Flaw[]): string | undefined => flaws.find((flaw) => typeof flaw === 'string') || undefined;

/** Why it is no request for a kubelet's client certificate; undefined for one that is. */
export const kubeletClientFlaw = ({ subject, names }: RequestedCertificate, usages: readonly string[]): string | undefined =>
  firstOf([
    notNodes(subject),
    names.dns.length > 0 && 'DNS subjectAltNames are not allowed',
    names.emails.length > 0 && 'Email subjectAltNames are not allowed',
    names.ips.length > 0 && 'IP subjectAltNames are not allowed',
    names.uris.length > 0 && 'URI subjectAltNames are not allowed',
    notNode(subject),
    otherUsages(usages, 'client auth'),
  ]);

/** The same of a kubelet's serving certificate. */
export const kubeletServingFlaw = ({ subject, names }: RequestedCertificate, usages: readonly string[]): string | undefined =>
  firstOf([
    notNodes(subject),
    names.dns.length === 0 && names.ips.length === 0 && 'DNS or IP subjectAltName is required',
    names.emails.length > 0 && 'Email subjectAltNames are not allowed',
    names.uris.length > 0 && 'URI subjectAltNames are not allowed',
    otherUsages(usages, 'server auth'),
    notNode(subject),
  ]);

type Subject = RequestedCertificate['subject'];

const notNodes = ({ organizations }: Subject): Flaw =>
  !(organizations.length === 1 && organizations[0] === 'system:nodes') && 'subject organization is not system:nodes';

const notNode = ({ commonName }: Subject): Flaw =>
  !commonName.startsWith('system:node:') && 'subject common name does not begin with system:node:';

/** Only RSA keys encipher others. */
function otherUsages(usages: readonly string[], purpose: string): Flaw {
  const given = new Set(usages);
  const needed = ['digital signature', purpose];
  const wanted = given.has('key encipherment') ? [...needed, 'key encipherment'] : needed;
  if (given.size === wanted.length && wanted.every((usage) => given.has(usage))) return undefined;
  return `usages did not match [${[...needed, 'key encipherment'].sort().join(' ')}]`;
}
