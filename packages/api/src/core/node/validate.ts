import { isIPv6 } from 'node:net';
import { duplicate, type FieldError, forbiddenField, invalidValue, parseQuantity } from '@t8s/meta';
import { cidr } from '../../addresses.ts';
import type { Node } from '../../generated/types.ts';
import { repeats } from '../../repeats.ts';
import { validateTaints } from './taints.ts';

export function validateNode({ spec, status = {} }: Node): FieldError[] {
  return [
    ...validateTaints(spec.taints ?? [], 'metadata.taints'),
    ...validateAmounts(status.capacity, 'status.capacity'),
    ...validateAmounts(status.allocatable, 'status.allocatable'),
    ...validatePodCidrs(spec.podCIDRs ?? []),
    ...(spec.configSource?.configMap === undefined && spec.configSource !== undefined
      ? [invalidValue('spec.configSource', spec.configSource, 'exactly one reference subfield must be non-nil')]
      : []),
  ];
}

/** Pod networks and the provider's name are given once. */
export function validateNodeUpdate(node: Node, old: Node): FieldError[] {
  const { spec } = node;
  const cidrs = spec.podCIDRs ?? [];
  const oldCidrs = old.spec.podCIDRs ?? [];
  const changed = oldCidrs.length > 0 && (cidrs.length !== oldCidrs.length || cidrs.some((value, i) => value !== oldCidrs[i]));
  const once = (field: string): FieldError =>
    forbiddenField(`spec.${field}`, `node updates may not change ${field === 'podCIDRs' ? 'podCIDR' : field} except from "" to valid`);
  return [
    ...validateAddresses(node),
    ...(changed ? [once('podCIDRs')] : []),
    ...(old.spec.providerID && spec.providerID !== old.spec.providerID ? [once('providerID')] : []),
    ...((spec.externalID ?? '') === (old.spec.externalID ?? '') ? [] : [forbiddenField('spec.externalID', 'may not be updated')]),
  ];
}

export function validateNodeStatus(node: Node): FieldError[] {
  const { status = {} } = node;
  return [
    ...validateAmounts(status.capacity, 'status.capacity'),
    ...validateAmounts(status.allocatable, 'status.allocatable'),
    ...validateAddresses(node),
  ];
}

function validateAddresses({ status: { addresses = [] } = {} }: Node): FieldError[] {
  const repeated = repeats(addresses, ({ type, address }) => `${type} ${address}`);
  return addresses.flatMap((address, i) => (repeated[i] ? [duplicate(`status.addresses[${i}]`, address)] : []));
}

/** Amounts are not negative; what can't be divided is whole. */
function validateAmounts(amounts: Readonly<Record<string, string>> | undefined, path: string): FieldError[] {
  return Object.entries(amounts ?? {}).flatMap(([name, text]) => {
    const quantity = parseQuantity(text);
    const field = `${path}.${name}`;
    const whole = name === 'pods' || (name.includes('/') && !name.includes('kubernetes.io/'));
    return [
      ...(quantity.nano < 0n ? [invalidValue(field, text, 'must be greater than or equal to 0')] : []),
      ...(whole && quantity.milliValue % 1000 !== 0 ? [invalidValue(field, text, 'must be an integer')] : []),
    ];
  });
}

function validatePodCidrs(cidrs: readonly string[]): FieldError[] {
  const path = 'spec.podCIDRs';
  const families = new Set(cidrs.map((value) => isIPv6(value.split('/')[0] ?? '')));
  const repeated = repeats(cidrs, (value) => value);
  return [
    ...cidrs.flatMap((value, i) => cidr(`${path}[${i}]`, value)),
    ...(cidrs.length > families.size ? [invalidValue(path, cidrs, 'may specify no more than one CIDR for each IP family')] : []),
    ...cidrs.flatMap((value, i) => (repeated[i] ? [duplicate(`${path}[${i}]`, value)] : [])),
  ];
}
