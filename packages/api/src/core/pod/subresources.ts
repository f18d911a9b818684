/** Writes of a pod beside its spec and status: debug containers, resize, binding. The apiserver serves them with these rules. */
import { type FieldError, forbiddenField, invalidValue, notSupported, required } from '@t8s/meta';
import { describeDifference } from '../../difference.ts';
import type { Binding, Container, Pod, ResourceRequirements } from '../../generated/types.ts';
import { semanticEqual } from '../../semantic-equal.ts';
import { qosClass } from './qos.ts';
import { isSidecar } from './resources.ts';
import { countGeneration } from './strategy.ts';
import { validatePod } from './validate.ts';
import { mirrorAnnotation, validatePodAnnotationsUpdate } from './validate-annotations.ts';

/** Takes only `spec.ephemeralContainers` from the request. */
export function prepareEphemeralContainers(pod: Pod, old: Pod): void {
  const { ephemeralContainers } = pod.spec;
  pod.spec = { ...structuredClone(old.spec), ephemeralContainers };
  pod.status = old.status;
  countGeneration(pod, old);
}

/** Ephemeral containers are only ever added. */
export function validateEphemeralContainersUpdate(pod: Pod, old: Pod): FieldError[] {
  if (old.metadata.annotations?.[mirrorAnnotation] !== undefined)
    return [forbiddenField('<nil>', 'static pods do not support ephemeral containers')];
  const errors = [
    ...validatePod(pod),
    ...validatePodAnnotationsUpdate(pod.metadata.annotations, old.metadata.annotations, 'metadata.annotations'),
  ];
  const path = 'spec.ephemeralContainers';
  for (const before of old.spec.ephemeralContainers ?? []) {
    const now = pod.spec.ephemeralContainers?.find((container) => container.name === before.name);
    if (now === undefined) errors.push(forbiddenField(path, `existing ephemeral containers "${before.name}" may not be removed\n`));
    else if (!semanticEqual(now, before))
      errors.push(
        forbiddenField(path, `existing ephemeral containers "${before.name}" may not be changed\n${describeDifference(before, now, path)}`),
      );
  }
  return errors;
}

/** Takes only containers' `resources` and `resizePolicy` from the request (KEP-1287). Other lists of containers are left for validation. */
export function prepareResize(pod: Pod, old: Pod): void {
  const sameNames = (['containers', 'initContainers'] as const).every((list) =>
    semanticEqual(
      (pod.spec[list] ?? []).map((c) => c.name),
      (old.spec[list] ?? []).map((c) => c.name),
    ),
  );
  if (sameNames) {
    const { containers, initContainers } = pod.spec;
    const take = (from: readonly Container[], before: readonly Container[]): Container[] =>
      before.map((container, i) => ({ ...structuredClone(container), resources: from[i]?.resources, resizePolicy: from[i]?.resizePolicy }));
    pod.spec = { ...structuredClone(old.spec), containers: take(containers, old.spec.containers) };
    if (old.spec.initContainers) pod.spec.initContainers = take(initContainers ?? [], old.spec.initContainers);
    pod.status = old.status;
  }
  countGeneration(pod, old);
}

export function validateResize(pod: Pod, old: Pod): FieldError[] {
  const podLevel = ({ spec }: Pod): boolean => Object.keys({ ...spec.resources?.requests, ...spec.resources?.limits }).length > 0;
  if (podLevel(old) || podLevel(pod)) return [forbiddenField('<nil>', 'pods with pod-level resources cannot be resized')];
  if (old.metadata.annotations?.[mirrorAnnotation] !== undefined) return [forbiddenField('<nil>', 'static pods cannot be resized')];
  if (old.spec.os?.name === 'windows') return [forbiddenField('<nil>', 'windows pods cannot be resized')];
  const errors = validatePod(pod);
  if ((old.status?.qosClass ?? qosClass(old.spec)) !== qosClass(pod.spec))
    errors.push(invalidValue('spec', pod.status?.qosClass ?? '', 'Pod QOS Class may not change as a result of resizing'));
  const running = old.status?.containerStatuses?.find((status) => status.state?.running);
  if (running && running.resources === undefined) errors.push(forbiddenField('spec', 'Pod running on node without support for resize'));
  const unchanged = structuredClone(pod.spec);
  for (const list of ['initContainers', 'containers'] as const) {
    for (const [i, before] of (old.spec[list] ?? []).entries()) {
      const container = unchanged[list]?.[i];
      if (container === undefined) continue;
      const sidecar = list === 'initContainers' && isSidecar(before);
      if (list === 'containers' || sidecar) {
        errors.push(...removedResources(container.resources ?? {}, before.resources ?? {}, `spec.${list}[${i}].resources`));
        container.resources = withOldCompute(container.resources ?? {}, before.resources ?? {});
      }
      if (!semanticEqual(container, before))
        errors.push(
          forbiddenField(
            'spec',
            list === 'containers'
              ? 'only cpu and memory resources are mutable'
              : sidecar
                ? 'only cpu and memory resources for sidecar containers are mutable'
                : 'resources for non-sidecar init containers are immutable',
          ),
        );
    }
  }
  if (errors.length === 0 && !semanticEqual(unchanged, old.spec))
    errors.push(forbiddenField('spec', 'only cpu and memory resources are mutable'));
  return errors;
}

function removedResources(now: ResourceRequirements, before: ResourceRequirements, path: string): FieldError[] {
  return (['requests', 'limits'] as const)
    .filter((list) => Object.keys(before[list] ?? {}).some((name) => now[list]?.[name] === undefined))
    .map((list) => forbiddenField(`${path}.${list}`, `resource ${list} cannot be removed`));
}

/** `now` with cpu and memory as they were: whatever else changed is left to see. */
function withOldCompute(now: ResourceRequirements, before: ResourceRequirements): ResourceRequirements {
  const restore = (list: 'limits' | 'requests'): Record<string, string> =>
    Object.fromEntries([
      ...Object.entries(now[list] ?? {}).filter(([name]) => name !== 'cpu' && name !== 'memory'),
      ...Object.entries(before[list] ?? {}).filter(([name]) => name === 'cpu' || name === 'memory'),
    ]);
  return { ...now, limits: restore('limits'), requests: restore('requests') };
}

/** A binding names a node. */
export function validateBinding({ target }: Binding): FieldError[] {
  return [
    ...(target.kind && target.kind !== 'Node' ? [notSupported('target.kind', target.kind, ['Node', '<empty>'])] : []),
    ...(target.name ? [] : [required('target.name')]),
  ];
}
