import { dropDisabledFields } from '../../core/pod/disabled-fields.ts';
import type { DaemonSet } from '../../generated/types.ts';
import { countSpecChanges } from '../../generation.ts';
import { keepFields } from '../../keep-fields.ts';
import { semanticEqual } from '../../semantic-equal.ts';

/** Counts changes of the template alone; where apps/v1 keeps what was `spec.templateGeneration` before. */
const templateGeneration = 'deprecated.daemonset.template.generation';

const generationOf = ({ metadata }: DaemonSet): number => Number(metadata.annotations?.[templateGeneration]) || 0;

export function prepareDaemonSetForCreate(set: DaemonSet): void {
  set.metadata.generation = 1;
  set.metadata.annotations = { ...set.metadata.annotations, [templateGeneration]: String(Math.max(1, generationOf(set))) };
  set.status = { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 };
  if (set.spec.template.spec) dropDisabledFields(set.spec.template.spec);
}

export function prepareDaemonSetForUpdate(set: DaemonSet, old: DaemonSet): void {
  keepFields(set, old, ['status']);
  if (set.spec.template.spec) dropDisabledFields(set.spec.template.spec, old.spec.template.spec);
  const sameTemplate = semanticEqual(set.spec.template, old.spec.template);
  const generation = generationOf(old) + (sameTemplate ? 0 : 1);
  set.metadata.annotations = { ...set.metadata.annotations, [templateGeneration]: String(generation) };
  countSpecChanges(set, old);
}
