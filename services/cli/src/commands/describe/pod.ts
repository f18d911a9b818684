import { mirrorAnnotation, type Pod, qosClass } from '@t8s/api';
import { controllerOf, humanDuration } from '@t8s/meta';
import { describeContainers, describeResources } from './containers.ts';
import { type Describer, describeOwnEvents } from './describer.ts';
import { longTime } from './description.ts';
import { describePlacement, describeSpread } from './placement.ts';
import { describeVolumes } from './volumes.ts';

export const describePod: Describer<Pod> = async (subject) => {
  const { object: pod, to, session } = subject;
  const { metadata, spec, status = {} } = pod;
  to.line(0, 'Name:', metadata.name);
  to.line(0, 'Namespace:', metadata.namespace);
  if (spec.priority !== undefined) to.line(0, 'Priority:', spec.priority);
  if (spec.priorityClassName) to.line(0, 'Priority Class Name:', spec.priorityClassName);
  if (spec.runtimeClassName) to.line(0, 'Runtime Class Name:', spec.runtimeClassName);
  if (spec.serviceAccountName) to.line(0, 'Service Account:', spec.serviceAccountName);
  to.line(0, 'Node:', spec.nodeName ? `${spec.nodeName}/${status.hostIP ?? ''}` : '<none>');
  if (status.startTime) to.line(0, 'Start Time:', longTime(status.startTime));
  to.map('Labels', metadata.labels);
  to.annotations(metadata.annotations);
  if (metadata.deletionTimestamp && status.phase !== 'Failed' && status.phase !== 'Succeeded') {
    to.line(0, 'Status:', `Terminating (lasts ${humanDuration(session.io.now() - Date.parse(metadata.deletionTimestamp))})`);
    to.line(0, 'Termination Grace Period:', `${metadata.deletionGracePeriodSeconds ?? 0}s`);
  } else to.line(0, 'Status:', status.phase);
  if (status.reason) to.line(0, 'Reason:', status.reason);
  if (status.message) to.line(0, 'Message:', status.message);
  const { seccompProfile } = spec.securityContext ?? {};
  if (seccompProfile) to.line(0, 'SeccompProfile:', seccompProfile.type);
  if (seccompProfile?.type === 'Localhost') to.line(0, 'LocalhostProfile:', seccompProfile.localhostProfile);
  to.line(0, 'IP:', status.podIP);
  const ips = status.podIPs ?? [];
  if (ips.length === 0) to.line(0, 'IPs:', '<none>');
  else to.line(0, 'IPs:');
  for (const { ip } of ips) to.line(1, 'IP:', ip);
  const controller = controllerOf(pod);
  if (controller) to.line(0, 'Controlled By:', `${controller.kind}/${controller.name}`);
  if (status.nominatedNodeName) to.line(0, 'NominatedNodeName:', status.nominatedNodeName);
  if (spec.resources) {
    to.line(0, 'Resources:');
    describeResources(to, spec.resources, 1);
  }
  if (spec.initContainers?.length)
    describeContainers(to, {
      title: 'Init Containers',
      containers: spec.initContainers,
      statuses: status.initContainerStatuses ?? [],
      pod,
    });
  describeContainers(to, { title: 'Containers', containers: spec.containers, statuses: status.containerStatuses ?? [], pod });
  if (spec.ephemeralContainers?.length) {
    const statuses = status.ephemeralContainerStatuses ?? [];
    describeContainers(to, { title: 'Ephemeral Containers', containers: spec.ephemeralContainers, statuses, pod });
  }
  describeConditions(subject);
  describeVolumes(to, spec.volumes);
  to.line(0, 'QoS Class:', status.qosClass || qosClass(spec));
  describePlacement(to, spec);
  describeSpread(to, spec);
  await describeOwnEvents(subject, metadata.annotations?.[mirrorAnnotation]);
};

function describeConditions({ object: { spec, status }, to }: Parameters<Describer<Pod>>[0]): void {
  const conditions = status?.conditions ?? [];
  if (spec.readinessGates?.length) {
    to.line(0, 'Readiness Gates:');
    to.line(1, 'Type', 'Status');
    for (const { conditionType } of spec.readinessGates)
      to.line(1, `${conditionType} `, `${conditions.find(({ type }) => type === conditionType)?.status ?? '<none>'} `);
  }
  if (conditions.length === 0) return;
  to.line(0, 'Conditions:');
  to.line(1, 'Type', 'Status');
  for (const { type, status: state } of conditions) to.line(1, `${type} `, `${state} `);
}
