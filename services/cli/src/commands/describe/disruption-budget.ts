import type { PodDisruptionBudget } from '@t8s/api';
import { type Describer, describeOwnEvents } from './describer.ts';
import { formatSelector } from './selector.ts';

export const describeDisruptionBudget: Describer<PodDisruptionBudget> = async (subject) => {
  const { object, to } = subject;
  const { metadata, spec, status } = object;
  to.line(0, 'Name:', metadata.name);
  to.line(0, 'Namespace:', metadata.namespace);
  if (spec.minAvailable !== undefined) to.line(0, 'Min available:', spec.minAvailable);
  else if (spec.maxUnavailable !== undefined) to.line(0, 'Max unavailable:', spec.maxUnavailable);
  to.line(0, 'Selector:', spec.selector ? formatSelector(spec.selector) : '<unset>');
  to.line(0, 'Status:');
  to.line(2, 'Allowed disruptions:', status?.disruptionsAllowed ?? 0);
  to.line(2, 'Current:', status?.currentHealthy ?? 0);
  to.line(2, 'Desired:', status?.desiredHealthy ?? 0);
  to.line(2, 'Total:', status?.expectedPods ?? 0);
  await describeOwnEvents(subject);
};
