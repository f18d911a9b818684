import type { Container, LimitRange, Pod } from '@t8s/api';

const annotation = 'kubernetes.io/limit-ranger';

/** Gives containers what the ranges give those that say nothing, and notes what it gave. The first range to name a resource counts. */
export function applyDefaults(pod: Pod, ranges: readonly LimitRange[]): void {
  for (const { spec } of ranges) {
    const items = (spec.limits ?? []).filter(({ type }) => type === 'Container');
    const limits = Object.assign({}, ...items.map((item) => item.default)) as Record<string, string>;
    const requests = Object.assign({}, ...items.map((item) => item.defaultRequest)) as Record<string, string>;
    const given = [
      ...pod.spec.containers.flatMap((container) => complete(container, { requests, limits }, 'container')),
      ...(pod.spec.initContainers ?? []).flatMap((container) => complete(container, { requests, limits }, 'init container')),
    ];
    if (given.length > 0)
      pod.metadata.annotations = { ...pod.metadata.annotations, [annotation]: `LimitRanger plugin set: ${given.join('; ')}` };
  }
}

interface Amounts {
  requests: Record<string, string>;
  limits: Record<string, string>;
}

function complete(container: Container, defaults: Amounts, what: string): string[] {
  return (['requests', 'limits'] as const).flatMap((field) => {
    const own = container.resources?.[field] ?? {};
    const missing = Object.keys(defaults[field]).filter((name) => own[name] === undefined);
    if (missing.length === 0) return [];
    const added = Object.fromEntries(missing.map((name) => [name, defaults[field][name] ?? '']));
    container.resources = { ...container.resources, [field]: { ...own, ...added } };
    return [`${missing.sort().join(', ')} ${field.slice(0, -1)} for ${what} ${container.name}`];
  });
}
