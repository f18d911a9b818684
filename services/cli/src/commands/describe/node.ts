import { type Lease, leaseKind, type Node, type Pod, type Taint } from '@t8s/api';
import { isStatus, parseQuantity, Quantity, StatusError } from '@t8s/meta';
import { listObjects } from '../../resources/requests.ts';
import { type Describer, describeOwnEvents, type Subject } from './describer.ts';
import { longTime, since, sorted } from './description.ts';
import { type PodResources, podResources, sumOf } from './pod-resources.ts';

const roleLabel = 'node-role.kubernetes.io/';

export const describeNode: Describer<Node> = async (subject) => {
  const { object, to } = subject;
  const { metadata, spec, status = {} } = object;
  to.line(0, 'Name:', metadata.name);
  to.line(0, 'Roles:', rolesOf(object).join(',') || '<none>');
  to.map('Labels', metadata.labels);
  to.annotations(metadata.annotations);
  to.line(0, 'CreationTimestamp:', longTime(metadata.creationTimestamp));
  const order = ({ effect, key }: Taint): string => `${effect},${key}`;
  const taints = [...(spec?.taints ?? [])]
    .sort((a, b) => (order(a) < order(b) ? -1 : 1))
    .map(({ key, value, effect }) => `${key}${value ? `=${value}` : ''}:${effect}`);
  if (taints.length === 0) to.line(0, 'Taints:', '<none>');
  for (const [i, taint] of taints.entries()) to.line(0, i === 0 ? 'Taints:' : '', taint);
  to.line(0, 'Unschedulable:', spec?.unschedulable ?? false);
  await describeLease(subject);
  describeConditions(subject);
  to.line(0, 'Addresses:');
  for (const { type, address } of status.addresses ?? []) to.line(1, `${type}:`, address);
  for (const [title, list] of [
    ['Capacity', status.capacity],
    ['Allocatable', status.allocatable],
  ] as const) {
    if (!list) continue;
    to.line(0, `${title}:`);
    for (const [name, quantity] of sorted(list)) to.line(1, `${name}:`, quantity);
  }
  describeSystem(subject);
  if (spec?.podCIDR) to.line(0, 'PodCIDR:', spec.podCIDR);
  if (spec?.podCIDRs?.length) to.line(0, 'PodCIDRs:', spec.podCIDRs.join(','));
  if (spec?.providerID) to.line(0, 'ProviderID:', spec.providerID);
  await describePods(subject);
  await describeOwnEvents(subject);
};

function rolesOf({ metadata: { labels = {} } }: Node): string[] {
  const roles = Object.keys(labels).filter((key) => key.startsWith(roleLabel));
  return [...new Set([...roles.map((key) => key.slice(roleLabel.length)), labels['kubernetes.io/role'] ?? ''])].filter(Boolean).sort();
}

async function describeLease({ object, session, to }: Subject<Node>): Promise<void> {
  let lease: Lease;
  try {
    lease = await session.client.resource(leaseKind).get({ namespace: 'kube-node-lease', name: object.metadata.name ?? '' });
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    to.line(0, 'Lease:', `Failed to get lease: ${error.message}`);
    return;
  }
  const { holderIdentity = '<unset>', acquireTime, renewTime } = lease.spec ?? {};
  to.line(0, 'Lease:');
  to.line(1, 'HolderIdentity:', holderIdentity);
  to.line(1, 'AcquireTime:', acquireTime ? longTime(acquireTime) : '<unset>');
  to.line(1, 'RenewTime:', renewTime ? longTime(renewTime) : '<unset>');
}

function describeConditions({ object: { status }, to }: Subject<Node>): void {
  if (!status?.conditions?.length) return;
  to.line(0, 'Conditions:');
  to.line(1, 'Type', 'Status', 'LastHeartbeatTime', 'LastTransitionTime', 'Reason', 'Message');
  to.line(1, '----', '------', '-----------------', '------------------', '------', '-------');
  for (const { type, status: state, lastHeartbeatTime, lastTransitionTime, reason, message } of status.conditions)
    to.line(1, `${type} `, `${state} `, `${longTime(lastHeartbeatTime)} `, `${longTime(lastTransitionTime)} `, `${reason} `, message);
}

function describeSystem({ object: { status }, to }: Subject<Node>): void {
  const info = status?.nodeInfo;
  to.line(0, 'System Info:');
  to.line(1, 'Machine ID:', info?.machineID);
  to.line(1, 'System UUID:', info?.systemUUID);
  to.line(1, 'Boot ID:', info?.bootID);
  to.line(1, 'Kernel Version:', info?.kernelVersion);
  to.line(1, 'OS Image:', info?.osImage);
  to.line(1, 'Operating System:', info?.operatingSystem);
  to.line(1, 'Architecture:', info?.architecture);
  to.line(1, 'Container Runtime Version:', info?.containerRuntimeVersion);
  to.line(1, 'Kubelet Version:', info?.kubeletVersion);
  to.line(1, 'Kube-Proxy Version:', info?.kubeProxyVersion);
}

async function describePods({ object, session, to }: Subject<Node>): Promise<void> {
  const fieldSelector = `spec.nodeName=${object.metadata.name},status.phase!=Failed,status.phase!=Succeeded`;
  const listed = listObjects(session.client, await session.discovery.find('pods'), { fieldSelector });
  const pods = (await listed.catch(nothingIfForbidden))?.items as unknown as Pod[] | undefined;
  if (!pods) {
    to.line(0, 'Pods:', 'not authorized');
    return;
  }
  const { allocatable = {}, capacity = {} } = object.status ?? {};
  const total = Object.keys(allocatable).length > 0 ? allocatable : capacity;
  const cell = (amounts: PodResources['requests'], name: string): string => {
    const amount = amounts[name] ?? Quantity.of(0);
    return `${amount} (${percent(amount, total[name])}%)`;
  };
  to.line(0, 'Non-terminated Pods:', `(${pods.length} in total)`);
  to.line(1, 'Namespace', 'Name', '', 'CPU Requests', 'CPU Limits', 'Memory Requests', 'Memory Limits', 'Age');
  to.line(1, '---------', '----', '', '------------', '----------', '---------------', '-------------', '---');
  const all = pods.map(podResources);
  for (const [i, { metadata }] of pods.entries()) {
    const { requests, limits } = all[i] ?? { requests: {}, limits: {} };
    const cells = [cell(requests, 'cpu'), cell(limits, 'cpu'), cell(requests, 'memory'), cell(limits, 'memory')];
    to.line(1, metadata.namespace, metadata.name, '', ...cells, since(metadata.creationTimestamp, session.io.now()));
  }
  const requests = sumOf(all.map((one) => one.requests));
  const limits = sumOf(all.map((one) => one.limits));
  to.line(0, 'Allocated resources:');
  to.line(1, '(Total limits may be over 100 percent, i.e., overcommitted.)');
  to.line(1, 'Resource', 'Requests', 'Limits');
  to.line(1, '--------', '--------', '------');
  const names = Object.keys(total).sort();
  const shared = ['cpu', 'memory', 'ephemeral-storage', ...names.filter((name) => name.startsWith('hugepages-'))];
  for (const name of shared) to.line(1, name, cell(requests, name), cell(limits, name));
  for (const name of names.filter((one) => one !== 'pods' && !shared.includes(one)))
    to.line(1, name, String(requests[name] ?? 0), String(limits[name] ?? 0));
}

function nothingIfForbidden(error: unknown): undefined {
  if (!isStatus(error, 'Forbidden')) throw error;
}

function percent(amount: Quantity, of: string | undefined): number {
  const whole = of === undefined ? 0 : parseQuantity(of).milliValue;
  return whole === 0 ? 0 : Math.trunc((amount.milliValue / whole) * 100);
}
