/** What an update of a pod may change: images, a shorter deadline, more tolerations, fewer scheduling gates. */
import { type FieldError, forbiddenField, invalidValue } from '@t8s/meta';
import { describeDifference } from '../../difference.ts';
import { inRange, requiredText } from '../../field-checks.ts';
import type { Container, NodeAffinity, NodeSelectorTerm, Pod, PodSpec } from '../../generated/types.ts';
import { semanticEqual } from '../../semantic-equal.ts';
import { validatePodAnnotationsUpdate } from './validate-annotations.ts';
import { imageWithoutSpace } from './validate-containers.ts';

const changeable = [
  '`spec.containers[*].image`',
  '`spec.initContainers[*].image`',
  '`spec.activeDeadlineSeconds`',
  '`spec.tolerations` (only additions to existing tolerations)',
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
].join(',');

export function validatePodUpdate(pod: Pod, old: Pod): FieldError[] {
  const errors = validatePodAnnotationsUpdate(pod.metadata.annotations, old.metadata.annotations, 'metadata.annotations');
  for (const list of ['containers', 'initContainers'] as const) {
    const [now, before] = [pod.spec[list] ?? [], old.spec[list] ?? []];
    if (now.length !== before.length) return [...errors, forbiddenField(`spec.${list}`, 'pod updates may not add or remove containers')];
    for (const [i, container] of now.entries())
      errors.push(...requiredText(`spec.${list}[${i}].image`, container.image), ...imageWithoutSpace(container, `spec.${list}[${i}]`));
  }
  const deadline = validateDeadline(pod.spec.activeDeadlineSeconds, old.spec.activeDeadlineSeconds);
  errors.push(...deadline);
  if (deadline.length > 0 && pod.spec.activeDeadlineSeconds !== undefined) return errors;
  if (semanticEqual(pod.spec, old.spec)) return errors;
  errors.push(...validateTolerationsKept(pod.spec, old.spec), ...validateGatesRemoved(pod.spec, old.spec));
  const rest = withoutChangeable(pod.spec, old.spec);
  if ((old.spec.schedulingGates ?? []).length > 0) errors.push(...takeGatedChanges(rest, old.spec));
  if (!semanticEqual(rest, old.spec))
    errors.push(
      forbiddenField('spec', `pod updates may not change fields other than ${changeable}\n${describeDifference(old.spec, rest, 'spec')}`),
    );
  return errors;
}

function validateDeadline(now: number | undefined, before: number | undefined): FieldError[] {
  const path = 'spec.activeDeadlineSeconds';
  if (now === undefined)
    return before === undefined ? [] : [invalidValue(path, null, 'must not update from a positive integer to nil value')];
  const errors = inRange(path, now, 0, 2 ** 31 - 1);
  if (errors.length === 0 && before !== undefined && before < now)
    errors.push(invalidValue(path, now, 'must be less than or equal to previous value'));
  return errors;
}

function validateTolerationsKept({ tolerations = [] }: PodSpec, { tolerations: before = [] }: PodSpec): FieldError[] {
  const kept = before.every((old) => tolerations.some((now) => semanticEqual({ ...old, tolerationSeconds: now.tolerationSeconds }, now)));
  return kept ? [] : [forbiddenField('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds')];
}

function validateGatesRemoved({ schedulingGates = [] }: PodSpec, { schedulingGates: before = [] }: PodSpec): FieldError[] {
  return schedulingGates.flatMap(({ name }, i) =>
    before.some((gate) => gate.name === name)
      ? []
      : [forbiddenField(`spec.schedulingGates[${i}].name`, `only deletion is allowed, but found new scheduling gate '${name}'`)],
  );
}

/** The new spec with every field that may change as it was before: what differs then is forbidden. */
function withoutChangeable(spec: PodSpec, old: PodSpec): PodSpec {
  const oldImages = (containers: Container[] | undefined, before: Container[] | undefined): Container[] | undefined =>
    containers?.map((container, i) => ({ ...container, image: before?.[i]?.image }));
  const rest: PodSpec = {
    ...spec,
    containers: oldImages(spec.containers, old.containers) ?? [],
    initContainers: oldImages(spec.initContainers, old.initContainers),
    activeDeadlineSeconds: old.activeDeadlineSeconds,
    schedulingGates: old.schedulingGates,
    tolerations: old.tolerations,
  };
  if ((old.terminationGracePeriodSeconds ?? 0) < 0 && rest.terminationGracePeriodSeconds === 1)
    rest.terminationGracePeriodSeconds = old.terminationGracePeriodSeconds;
  return rest;
}

/** A gated pod may still narrow where it goes (KEP-3838). Reverts such changes in `rest` and tells what of them goes too far. */
function takeGatedChanges(rest: PodSpec, old: PodSpec): FieldError[] {
  const errors: FieldError[] = [];
  const selector = rest.nodeSelector ?? {};
  if (Object.entries(old.nodeSelector ?? {}).some(([key, value]) => selector[key] !== value))
    errors.push(invalidValue('spec.nodeSelector', selector, 'only additions to spec.nodeSelector are allowed (no mutations or deletions)'));
  rest.nodeSelector = old.nodeSelector;
  errors.push(...validateNodeAffinityChange(rest.affinity?.nodeAffinity, old.affinity?.nodeAffinity));
  rest.affinity = { ...rest.affinity, nodeAffinity: old.affinity?.nodeAffinity };
  return errors;
}

function validateNodeAffinityChange(now: NodeAffinity | undefined, before: NodeAffinity | undefined): FieldError[] {
  const path = 'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms';
  const oldTerms = before?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const terms = now?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  if (oldTerms.length > 0 && oldTerms.length !== terms.length)
    return [invalidValue(path, terms, 'no additions/deletions to non-empty NodeSelectorTerms list are allowed')];
  return oldTerms.flatMap((old, i) => {
    const term = terms[i] ?? {};
    return onlyAdds(term, old) ? [] : [invalidValue(`${path}[${i}]`, term, 'only additions are allowed (no mutations or deletions)')];
  });
}

function onlyAdds(term: NodeSelectorTerm, old: NodeSelectorTerm): boolean {
  if (semanticEqual(old, {})) return semanticEqual(term, {});
  return (['matchExpressions', 'matchFields'] as const).every((list) => {
    const before = old[list] ?? [];
    return semanticEqual((term[list] ?? []).slice(0, before.length), before);
  });
}
