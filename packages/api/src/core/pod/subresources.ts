/** Writes of a pod beside its spec and status: debug containers, resize, binding. The apiserver serves them with these rules. */
import { type FieldError, forbiddenField, invalidValue, notSupported, required } from '@t8s/meta';
import { describeDifference } from '../../difference.ts';
import type { Binding, Container, Pod, PodSpec, ResourceRequirements } from '../../generated/types.ts';
import { countSpecChanges } from '../../generation.ts';
import { keepFields } from '../../keep-fields.ts';
import type { PartialUpdate } from '../../kind.ts';
import { semanticEqual } from '../../semantic-equal.ts';
import { qosClass } from './qos.ts';
import { isSidecar } from './resources.ts';
import { validatePod } from './validate.ts';
import { mirrorAnnotation } from './validate-annotations.ts';

/** pods/ephemeralcontainers: debug containers, which are only ever added (KEP-277). */
export const ephemeralContainers: PartialUpdate<Pod> = {
  prepare(pod, old) {
    const spec = structuredClone(old.spec);
    keepFields(spec, pod.spec, ['ephemeralContainers']);
    restore(pod, old, spec);
  },
  validate: validateEphemeralContainers,
};

/** pods/resize: containers' `resources` and `resizePolicy` (KEP-1287). */
export const resize: PartialUpdate<Pod> = { prepare: prepareResize, validate: validateResize };

/** Everything as it was but the spec given; keeps the version the client means. */
function restore(pod: Pod, old: Pod, spec: PodSpec): void {
  const { resourceVersion } = pod.metadata;
  Object.assign(pod, { metadata: { ...structuredClone(old.metadata), ...(resourceVersion && { resourceVersion }) }, spec });
  keepFields(pod, old, ['status']);
  countSpecChanges(pod, old);
}

function validateEphemeralContainers(pod: Pod, old: Pod): FieldError[] {
  if (old.metadata.annotations?.[mirrorAnnotation] !== undefined)
    return [forbiddenField('<nil>', 'static pods do not support ephemeral containers')];
  const errors = validatePod(pod);
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

/** A request with other containers than the pod's is left as it is: validation says what is wrong with it. */
function prepareResize(pod: Pod, old: Pod): void {
  const lists = ['containers', 'initContainers'] as const;
  const names = (containers: readonly Container[] = []): string[] => containers.map(({ name }) => name);
  const spec = structuredClone(old.spec);
  if (lists.some((list) => !semanticEqual(names(pod.spec[list]), names(spec[list])))) {
    countSpecChanges(pod, old);
    return;
  }
  for (const list of lists)
    for (const [i, container] of (spec[list] ?? []).entries()) keepFields(container, pod.spec[list]?.[i], ['resources', 'resizePolicy']);
  restore(pod, old, spec);
}

function validateResize(pod: Pod, old: Pod): FieldError[] {
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
