/** What a pod asks of its node: its containers and sidecars together, or its greatest init container, and the overhead. */
import type { Pod, ResourceRequirements } from '@t8s/api';
import { parseQuantity, type Quantity } from '@t8s/meta';

type Amounts = Record<string, Quantity>;

export interface PodResources {
  requests: Amounts;
  limits: Amounts;
}

export const podResources = (pod: Pod): PodResources => ({ requests: amountsOf(pod, 'requests'), limits: amountsOf(pod, 'limits') });

function amountsOf({ spec }: Pod, kind: keyof Pick<ResourceRequirements, 'requests' | 'limits'>): Amounts {
  const amounts = ({ resources }: { resources?: ResourceRequirements }): Amounts =>
    Object.fromEntries(Object.entries(resources?.[kind] ?? {}).map(([name, text]) => [name, parseQuantity(text)]));
  let sidecars: Amounts = {};
  let peak: Amounts = {};
  for (const container of spec.initContainers ?? []) {
    if (container.restartPolicy === 'Always') sidecars = sumOf([sidecars, amounts(container)]);
    else peak = greatest(peak, sumOf([sidecars, amounts(container)]));
  }
  const running = greatest(sumOf([sidecars, ...spec.containers.map(amounts)]), peak);
  const overhead = Object.entries(spec.overhead ?? {}).filter(([name]) => kind === 'requests' || running[name] !== undefined);
  return sumOf([running, Object.fromEntries(overhead.map(([name, text]) => [name, parseQuantity(text)]))]);
}

export function sumOf(all: readonly Amounts[]): Amounts {
  const sum: Amounts = {};
  for (const amounts of all)
    for (const [name, amount] of Object.entries(amounts)) sum[name] = sum[name] === undefined ? amount : sum[name].add(amount);
  return sum;
}

function greatest(a: Amounts, b: Amounts): Amounts {
  const result = { ...a };
  for (const [name, amount] of Object.entries(b)) if (result[name] === undefined || amount.compare(result[name]) > 0) result[name] = amount;
  return result;
}
