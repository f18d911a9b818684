import type { Container, Pod, ResourceFieldSelector } from '@t8s/api';
import { parseQuantity, Quantity } from '@t8s/meta';
import { allContainers } from '../pods/pod-format.ts';

/** The value of a resourceFieldRef in units of its divisor, rounded up; a limit that is not set is what the node can allocate. */
export function resourceValue(
  container: Container,
  { resource, divisor }: ResourceFieldSelector,
  allocatable: Record<string, string>,
): string {
  const [list, name = ''] = resource.split(/\.(.*)/);
  const own = list === 'limits' ? container.resources?.limits : container.resources?.requests;
  const text = own?.[name] ?? (list === 'limits' ? allocatable[name] : '0') ?? '0';
  const unit = divisor === undefined || divisor === '0' ? Quantity.of(1) : parseQuantity(divisor);
  const value = parseQuantity(text);
  return String((value.nano + unit.nano - 1n) / unit.nano);
}

/** The container that a resourceFieldRef of a volume names. */
export function containerNamed(pod: Pod, name: string | undefined): Container {
  const found = allContainers(pod).find((c) => c.name === name);
  if (!found) throw new Error(`container ${name ?? ''} not found`);
  return found;
}
