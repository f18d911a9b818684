/** PersistentVolumes and the claims on them. */
import type { NodeSelectorRequirement, PersistentVolume, PersistentVolumeClaim, Pod } from '@t8s/api';
import { listObjects } from '../../resources/requests.ts';
import { type Describer, describeHead, describeOwnEvents } from './describer.ts';
import { type Description, longTime, since } from './description.ts';
import { goList } from './go-values.ts';
import { persistentSource } from './persistent-sources.ts';

const classAnnotation = 'volume.beta.kubernetes.io/storage-class';
const shortModes: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};

/** `RWO,ROX`: each mode once, in kubectl's order. */
const accessModes = (modes: readonly string[] = []): string =>
  Object.keys(shortModes)
    .filter((mode) => modes.includes(mode))
    .map((mode) => shortModes[mode])
    .join(',');

export const claimClass = ({ metadata, spec }: PersistentVolumeClaim | PersistentVolume): string =>
  metadata.annotations?.[classAnnotation] ?? spec.storageClassName ?? '';

export const describePersistentVolume: Describer<PersistentVolume> = async (subject) => {
  const { object, to } = subject;
  const { metadata, spec, status } = object;
  describeHead(subject);
  to.line(0, 'Finalizers:', goList(metadata.finalizers));
  to.line(0, 'StorageClass:', claimClass(object));
  describePhase(subject.object, to, subject.session.io.now());
  to.line(0, 'Claim:', spec.claimRef ? `${spec.claimRef.namespace}/${spec.claimRef.name}` : '');
  to.line(0, 'Reclaim Policy:', spec.persistentVolumeReclaimPolicy);
  to.line(0, 'Access Modes:', accessModes(spec.accessModes));
  if (spec.volumeMode) to.line(0, 'VolumeMode:', spec.volumeMode);
  to.line(0, 'Capacity:', spec.capacity?.['storage'] ?? 0);
  describeAffinity(to, spec.nodeAffinity);
  to.line(0, 'Message:', status?.message);
  to.line(0, 'Source:');
  const source = persistentSource(spec);
  if (source) {
    to.line(2, 'Type:', source.type);
    for (const cells of source.lines) to.line(2, ...cells);
  } else to.line(1, '<unknown>');
  await describeOwnEvents(subject);
};

function describePhase({ metadata, status }: PersistentVolume | PersistentVolumeClaim, to: Description, now: number): void {
  const { deletionTimestamp } = metadata;
  to.line(0, 'Status:', deletionTimestamp ? `Terminating (lasts ${since(deletionTimestamp, now)})` : status?.phase);
}

function describeAffinity(to: Description, affinity: PersistentVolume['spec']['nodeAffinity']): void {
  const terms = affinity?.required?.nodeSelectorTerms;
  if (!terms) {
    to.line(0, 'Node Affinity:', '<none>');
    return;
  }
  to.line(0, 'Node Affinity:', '');
  to.line(1, 'Required Terms:', terms.length === 0 ? '<none>' : '');
  for (const [i, { matchExpressions = [] }] of terms.entries()) {
    const [first = '<none>', ...rest] = matchExpressions.map(requirementText);
    to.line(2, `Term ${i}:`, first);
    for (const text of rest) to.line(2, '', text);
  }
}

const requirementText = ({ key, operator, values = [] }: NodeSelectorRequirement): string =>
  `${key} ${operator.toLowerCase()}${values.length > 0 ? ` [${values.join(', ')}]` : ''}`;

export const describePersistentVolumeClaim: Describer<PersistentVolumeClaim> = async (subject) => {
  const { object, to, session } = subject;
  const { metadata, spec, status } = object;
  to.line(0, 'Name:', metadata.name);
  to.line(0, 'Namespace:', metadata.namespace);
  to.line(0, 'StorageClass:', claimClass(object));
  describePhase(object, to, session.io.now());
  to.line(0, 'Volume:', spec.volumeName);
  to.map('Labels', metadata.labels);
  to.annotations(metadata.annotations);
  to.line(0, 'Finalizers:', goList(metadata.finalizers));
  to.line(0, 'Capacity:', spec.volumeName ? (status?.capacity?.['storage'] ?? 0) : '');
  to.line(0, 'Access Modes:', spec.volumeName ? accessModes(status?.accessModes) : '');
  if (spec.volumeMode) to.line(0, 'VolumeMode:', spec.volumeMode);
  const { dataSource } = spec;
  if (dataSource) {
    to.line(0, 'DataSource:');
    if (dataSource.apiGroup !== undefined) to.line(1, 'APIGroup:', dataSource.apiGroup);
    to.line(1, 'Kind:', dataSource.kind);
    to.line(1, 'Name:', dataSource.name);
  }
  const pods = await listObjects(session.client, await session.discovery.find('pods'), { namespace: metadata.namespace });
  const [first = '<none>', ...rest] = users(object, pods.items as unknown as Pod[]);
  to.line(0, 'Used By:', first);
  for (const name of rest) to.line(0, '', name);
  const conditions = status?.conditions ?? [];
  if (conditions.length > 0) {
    to.line(0, 'Conditions:');
    to.line(1, 'Type', 'Status', 'LastProbeTime', 'LastTransitionTime', 'Reason', 'Message');
    to.line(1, '----', '------', '-----------------', '------------------', '------', '-------');
    for (const { type, status: is, lastProbeTime, lastTransitionTime, reason, message } of conditions)
      to.line(1, `${type} `, `${is} `, `${longTime(lastProbeTime)} `, `${longTime(lastTransitionTime)} `, `${reason ?? ''} `, message);
  }
  await describeOwnEvents(subject);
};

/** Pods that mount the claim, and those that own it. */
function users({ metadata }: PersistentVolumeClaim, pods: readonly Pod[]): string[] {
  const owners = new Set((metadata.ownerReferences ?? []).filter(({ kind }) => kind === 'Pod').map(({ uid }) => uid));
  const mounts = ({ spec }: Pod): boolean =>
    spec.volumes?.some((volume) => volume.persistentVolumeClaim?.claimName === metadata.name) ?? false;
  const mounting = pods.filter(mounts);
  const owning = pods.filter((pod) => !mounting.includes(pod) && owners.has(pod.metadata.uid ?? ''));
  return [...mounting, ...owning].map((pod) => pod.metadata.name ?? '');
}
