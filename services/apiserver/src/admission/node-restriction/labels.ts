/** Which labels of Kubernetes' own domains a kubelet may set on its node (KEP-1143). */

/** No kubelet may touch these: administrators keep workloads apart by them. */
const restricted = 'node-restriction.kubernetes.io';
const ownDomains = ['kubernetes.io', 'k8s.io'];
const allowedDomains = ['kubelet.kubernetes.io', 'node.kubernetes.io'];
const allowedLabels = new Set([
  'kubernetes.io/hostname',
  'kubernetes.io/os',
  'kubernetes.io/arch',
  'node.kubernetes.io/instance-type',
  'node.kubernetes.io/windows-build',
  'topology.kubernetes.io/region',
  'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'beta.kubernetes.io/instance-type',
  'beta.kubernetes.io/os',
  'beta.kubernetes.io/arch',
]);

type Labels = Readonly<Record<string, string>>;

/** Labels that were added, changed or taken away though a kubelet may not, sorted. */
export function forbiddenLabels(labels: Labels = {}, old: Labels = {}): string[] {
  const names = new Set([...Object.keys(labels), ...Object.keys(old)]);
  return [...names].filter((name) => labels[name] !== old[name] && !isAllowed(name)).sort();
}

function isAllowed(name: string): boolean {
  const slash = name.indexOf('/');
  if (slash < 0) return true;
  const domain = name.slice(0, slash);
  const isIn = (parent: string): boolean => domain === parent || domain.endsWith(`.${parent}`);
  if (isIn(restricted)) return false;
  return allowedLabels.has(name) || allowedDomains.some(isIn) || !ownDomains.some(isIn);
}
