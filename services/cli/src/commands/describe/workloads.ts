/** Deployments, ReplicaSets and DaemonSets. */
import {
  type DaemonSet,
  type Deployment,
  type Pod,
  type PodTemplateSpec,
  type ReplicaSet,
  type ReplicationController,
  semanticEqual,
} from '@t8s/api';
import { controllerOf, type LabelSelector } from '@t8s/meta';
import { listObjects } from '../../resources/requests.ts';
import { type Describer, describeOwnEvents, type Subject } from './describer.ts';
import { longTime } from './description.ts';
import { describeTemplate } from './pod-template.ts';
import { formatSelector } from './selector.ts';

export const describeDeployment: Describer<Deployment> = async (subject) => {
  const { object, to } = subject;
  const { metadata, spec, status = {} } = object;
  to.line(0, 'Name:', metadata.name);
  to.line(0, 'Namespace:', metadata.namespace);
  to.line(0, 'CreationTimestamp:', longTime(metadata.creationTimestamp));
  to.map('Labels', metadata.labels);
  to.annotations(metadata.annotations);
  to.line(0, 'Selector:', formatSelector(spec.selector));
  const { updatedReplicas = 0, replicas = 0, availableReplicas = 0, unavailableReplicas = 0 } = status;
  to.line(
    0,
    'Replicas:',
    `${spec.replicas} desired | ${updatedReplicas} updated | ${replicas} total | ${availableReplicas} available | ${unavailableReplicas} unavailable`,
  );
  to.line(0, 'StrategyType:', spec.strategy?.type);
  to.line(0, 'MinReadySeconds:', spec.minReadySeconds ?? 0);
  const { rollingUpdate } = spec.strategy ?? {};
  if (rollingUpdate)
    to.line(0, 'RollingUpdateStrategy:', `${rollingUpdate.maxUnavailable} max unavailable, ${rollingUpdate.maxSurge} max surge`);
  describeTemplate(to, spec.template);
  describeConditions(subject);
  const { old, current } = await replicaSetsOf(subject);
  if (old.length > 0 || current) {
    to.line(0, 'OldReplicaSets:', replicaSetTexts(old));
    to.line(0, 'NewReplicaSet:', replicaSetTexts(current ? [current] : []));
  }
  await describeOwnEvents(subject);
};

export function describeConditions({ object, to }: Subject<Deployment> | Subject<ReplicaSet> | Subject<ReplicationController>): void {
  const conditions = object.status?.conditions ?? [];
  if (conditions.length === 0) return;
  to.line(0, 'Conditions:');
  to.line(1, 'Type', 'Status', 'Reason');
  to.line(1, '----', '------', '------');
  for (const { type, status, reason } of conditions) to.line(1, `${type} `, status, reason);
}

/** The current one has the deployment's template; the oldest of the others comes first. */
async function replicaSetsOf({ object, session }: Subject<Deployment>): Promise<{ old: ReplicaSet[]; current: ReplicaSet | undefined }> {
  const { metadata, spec } = object;
  const query = { namespace: metadata.namespace, labelSelector: formatSelector(spec.selector) };
  const { items } = await listObjects(session.client, await session.discovery.find('replicasets.apps'), query);
  const age = ({ metadata: { creationTimestamp = '', name = '' } }: ReplicaSet): string => `${creationTimestamp} ${name}`;
  const own = (items as unknown as ReplicaSet[])
    .filter((set) => controllerOf(set)?.uid === metadata.uid)
    .sort((a, b) => (age(a) < age(b) ? -1 : 1));
  const current = own.find((set) => semanticEqual(withoutHash(set.spec.template), withoutHash(spec.template)));
  return { old: own.filter((set) => set !== current), current };
}

function withoutHash(template: PodTemplateSpec | undefined): PodTemplateSpec {
  const { 'pod-template-hash': _, ...labels } = template?.metadata?.labels ?? {};
  return { ...template, metadata: { ...template?.metadata, labels } };
}

const replicaSetTexts = (sets: readonly ReplicaSet[]): string =>
  sets
    .map(({ metadata, spec, status }) => `${metadata.name} (${status?.replicas ?? 0}/${spec.replicas ?? 0} replicas created)`)
    .join(', ') || '<none>';

export const describeReplicaSet: Describer<ReplicaSet> = async (subject) => {
  const { object, to } = subject;
  const { metadata, spec, status } = object;
  to.line(0, 'Name:', metadata.name);
  to.line(0, 'Namespace:', metadata.namespace);
  to.line(0, 'Selector:', formatSelector(spec.selector));
  to.map('Labels', metadata.labels);
  to.annotations(metadata.annotations);
  const controller = controllerOf(object);
  if (controller) to.line(0, 'Controlled By:', `${controller.kind}/${controller.name}`);
  to.line(0, 'Replicas:', `${status?.replicas ?? 0} current / ${spec.replicas ?? 0} desired`);
  to.line(0, 'Pods Status:', await podsStatus(subject, spec.selector));
  if (spec.template) describeTemplate(to, spec.template);
  describeConditions(subject);
  await describeOwnEvents(subject);
};

export const describeDaemonSet: Describer<DaemonSet> = async (subject) => {
  const { object, to } = subject;
  const { metadata, spec, status } = object;
  to.line(0, 'Name:', metadata.name);
  to.line(0, 'Namespace:', metadata.namespace);
  to.line(0, 'Selector:', formatSelector(spec.selector));
  to.line(0, 'Node-Selector:', formatSelector({ matchLabels: spec.template.spec?.nodeSelector ?? {} }));
  to.map('Labels', metadata.labels);
  to.annotations(metadata.annotations);
  to.line(0, `Desired Number of Nodes Scheduled: ${status?.desiredNumberScheduled ?? 0}`);
  to.line(0, `Current Number of Nodes Scheduled: ${status?.currentNumberScheduled ?? 0}`);
  to.line(0, `Number of Nodes Scheduled with Up-to-date Pods: ${status?.updatedNumberScheduled ?? 0}`);
  to.line(0, `Number of Nodes Scheduled with Available Pods: ${status?.numberAvailable ?? 0}`);
  to.line(0, `Number of Nodes Misscheduled: ${status?.numberMisscheduled ?? 0}`);
  to.line(0, 'Pods Status:', await podsStatus(subject, spec.selector));
  describeTemplate(to, spec.template);
  await describeOwnEvents(subject);
};

export async function podsStatus({ object, session }: Subject, selector: LabelSelector): Promise<string> {
  const query = { namespace: object.metadata.namespace, labelSelector: formatSelector(selector) };
  const { items } = await listObjects(session.client, await session.discovery.find('pods'), query);
  const own = (items as unknown as Pod[]).filter((pod) => controllerOf(pod)?.uid === object.metadata.uid);
  const count = (phase: string): number => own.filter(({ status }) => status?.phase === phase).length;
  return `${count('Running')} Running / ${count('Pending')} Waiting / ${count('Succeeded')} Succeeded / ${count('Failed')} Failed`;
}
