/** The template that a workload makes pods of. */
import type { PodTemplateSpec } from '@t8s/api';
import { describeContainers } from './containers.ts';
import { Description } from './description.ts';
import { describePlacement, describeSpread } from './placement.ts';
import { describeVolumes } from './volumes.ts';

export function describeTemplate(to: Description, { metadata, spec }: PodTemplateSpec): void {
  const indent = '  ';
  to.line(0, 'Pod Template:');
  to.map('  Labels', metadata?.labels);
  if (Object.keys(metadata?.annotations ?? {}).length > 0) to.annotations(metadata?.annotations, '  Annotations');
  if (!spec) return;
  if (spec.serviceAccountName) to.line(0, '  Service Account:', spec.serviceAccountName);
  if (spec.initContainers?.length) describeContainers(to, { title: 'Init Containers', containers: spec.initContainers, indent });
  describeContainers(to, { title: 'Containers', containers: spec.containers, indent });
  describeVolumes(to, spec.volumes, indent);
  describeSpread(to, spec, indent);
  if (spec.priorityClassName) to.line(0, '  Priority Class Name:', spec.priorityClassName);
  describePlacement(to, spec, indent);
}

/** The template alone, as the history of a rollout shows it: with its tabs. */
export function describePodTemplate(template: PodTemplateSpec): string {
  const to = new Description();
  describeTemplate(to, template);
  return to.unaligned;
}
