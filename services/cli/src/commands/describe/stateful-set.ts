/** StatefulSets and ReplicationControllers. */
import { formatLabels, type PersistentVolumeClaim, type ReplicationController, type StatefulSet } from '@t8s/api';
import { type Describer, describeOwnEvents } from './describer.ts';
import { type Description, longTime } from './description.ts';
import { goList } from './go-values.ts';
import { describeTemplate } from './pod-template.ts';
import { formatSelector } from './selector.ts';
import { claimClass } from './volume-claims.ts';
import { describeConditions, podsStatus } from './workloads.ts';

export const describeStatefulSet: Describer<StatefulSet> = async (subject) => {
  const { object, to } = subject;
  const { metadata, spec, status } = object;
  to.line(0, 'Name:', metadata.name);
  to.line(0, 'Namespace:', metadata.namespace);
  to.line(0, 'CreationTimestamp:', longTime(metadata.creationTimestamp));
  to.line(0, 'Selector:', formatSelector(spec.selector));
  to.map('Labels', metadata.labels);
  to.annotations(metadata.annotations);
  to.line(0, 'Replicas:', `${spec.replicas ?? 0} desired | ${status?.replicas ?? 0} total`);
  to.line(0, 'Update Strategy:', spec.updateStrategy?.type);
  const { partition, maxUnavailable } = spec.updateStrategy?.rollingUpdate ?? {};
  if (partition !== undefined) to.line(1, 'Partition:', partition);
  if (partition !== undefined && maxUnavailable !== undefined) to.line(1, 'MaxUnavailable:', maxUnavailable);
  to.line(0, 'Pods Status:', await podsStatus(subject, spec.selector));
  describeTemplate(to, spec.template);
  describeClaims(to, spec.volumeClaimTemplates);
  await describeOwnEvents(subject);
};

function describeClaims(to: Description, claims: readonly PersistentVolumeClaim[] = []): void {
  if (claims.length === 0) {
    to.line(0, 'Volume Claims:', '<none>');
    return;
  }
  to.line(0, 'Volume Claims:');
  for (const claim of claims) {
    const { metadata, spec } = claim;
    to.line(1, 'Name:', metadata.name);
    to.line(1, 'StorageClass:', claimClass(claim));
    to.map('  Labels', metadata.labels);
    to.map('  Annotations', metadata.annotations);
    to.line(1, 'Capacity:', spec.resources?.requests?.['storage'] ?? '<default>');
    to.line(1, 'Access Modes:', goList(spec.accessModes));
  }
}

export const describeReplicationController: Describer<ReplicationController> = async (subject) => {
  const { object, to } = subject;
  const { metadata, spec, status } = object;
  to.line(0, 'Name:', metadata.name);
  to.line(0, 'Namespace:', metadata.namespace);
  to.line(0, 'Selector:', formatLabels(spec.selector));
  to.map('Labels', metadata.labels);
  to.annotations(metadata.annotations);
  to.line(0, 'Replicas:', `${status?.replicas ?? 0} current / ${spec.replicas ?? 0} desired`);
  to.line(0, 'Pods Status:', await podsStatus(subject, { matchLabels: spec.selector ?? {} }));
  if (spec.template) describeTemplate(to, spec.template);
  describeConditions(subject);
  await describeOwnEvents(subject);
};
