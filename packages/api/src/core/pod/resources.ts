/** What a pod asks for: sums over its containers, as scheduler, kubelet and quota count them (KEP-753, KEP-2837). */
import { parseQuantity, Quantity } from '@t8s/meta';
import type { Container, Pod, PodSpec, ResourceRequirements } from '../../generated/types.ts';

type Amounts = Record<string, Quantity>;

export const isSidecar = (container: Container): boolean => container.restartPolicy === 'Always';

/**
 * The spec of a pod with what its containers ask for or still hold, whichever is more, while the two differ: a resize is asked for
 * and not done. What can't be done counts for nothing (KEP-1287).
 */
export function specAsHeld({ spec, status: { containerStatuses = [], initContainerStatuses = [], conditions = [] } = {} }: Pod): PodSpec {
  const statuses = [...containerStatuses, ...initContainerStatuses].filter(({ resources }) => resources !== undefined);
  if (statuses.length === 0) return spec;
  const isInfeasible = conditions.some(({ type, reason }) => type === 'PodResizePending' && reason === 'Infeasible');
  const held = (container: Container): Container => {
    const { resources, allocatedResources = {} } = statuses.find(({ name }) => name === container.name) ?? {};
    if (resources === undefined || JSON.stringify(resources) === JSON.stringify(container.resources)) return container;
    const asked = isInfeasible ? undefined : container.resources;
    return { ...container, resources: { ...container.resources, ...greatest(asked, resources, { requests: allocatedResources }) } };
  };
  const initContainers = spec.initContainers?.map((container) => (isSidecar(container) ? held(container) : container));
  return { ...spec, containers: spec.containers.map(held), ...(initContainers && { initContainers }) };
}

function greatest(...all: readonly (ResourceRequirements | undefined)[]): Pick<ResourceRequirements, 'requests' | 'limits'> {
  const of = (list: 'requests' | 'limits'): Record<string, string> => {
    const amounts: Amounts = {};
    for (const one of all) raise(amounts, parseAll(one?.[list]));
    return Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [name, amount.toString()]));
  };
  return { requests: of('requests'), limits: of('limits') };
}

/** The requests of all containers together, without pod-level resources and overhead. */
export function containerRequests(spec: PodSpec): Amounts {
  return aggregate(spec, (container) => container.resources?.requests);
}

/** The limits of all containers together, without pod-level resources and overhead. */
export function containerLimits(spec: PodSpec): Amounts {
  return aggregate(spec, (container) => container.resources?.limits);
}

/** What the scheduler reserves: container requests, replaced by what the pod itself states, plus overhead. */
export function podRequests(spec: PodSpec): Amounts {
  return withOverhead({ ...containerRequests(spec), ...parseAll(spec.resources?.requests) }, spec);
}

/** The limits of all containers together, replaced by what the pod itself states, plus overhead. */
export function podLimits(spec: PodSpec): Amounts {
  const limits = { ...containerLimits(spec), ...parseAll(spec.resources?.limits) };
  for (const [name, amount] of Object.entries(parseAll(spec.overhead))) {
    const limit = limits[name];
    if (limit !== undefined) limits[name] = limit.add(amount);
  }
  return limits;
}

/** Containers and sidecars run together; each init container runs beside the sidecars started before it. The larger counts. */
function aggregate(spec: PodSpec, of: (container: Container) => Record<string, string> | undefined): Amounts {
  const total: Amounts = {};
  for (const container of spec.containers) add(total, parseAll(of(container)));
  const sidecars: Amounts = {};
  const initPeak: Amounts = {};
  for (const container of spec.initContainers ?? []) {
    const amounts = parseAll(of(container));
    if (isSidecar(container)) {
      add(total, amounts);
      add(sidecars, amounts);
      raise(initPeak, sidecars);
    } else {
      const peak = { ...sidecars };
      add(peak, amounts);
      raise(initPeak, peak);
    }
  }
  raise(total, initPeak);
  return total;
}

function withOverhead(amounts: Amounts, spec: PodSpec): Amounts {
  add(amounts, parseAll(spec.overhead));
  return amounts;
}

function parseAll(list: Record<string, string> | undefined): Amounts {
  return Object.fromEntries(Object.entries(list ?? {}).map(([name, text]) => [name, parseQuantity(text)]));
}

function add(into: Amounts, amounts: Amounts): void {
  for (const [name, amount] of Object.entries(amounts)) into[name] = (into[name] ?? new Quantity(0n, amount.format)).add(amount);
}

function raise(into: Amounts, amounts: Amounts): void {
  for (const [name, amount] of Object.entries(amounts)) {
    const current = into[name];
    if (current === undefined || amount.compare(current) > 0) into[name] = amount;
  }
}
