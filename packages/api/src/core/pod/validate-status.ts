/** What a status update of a pod may say. */
import { isIP } from 'node:net';
import { duplicate, type FieldError, forbiddenField, invalidValue, isDns1123Subdomain, isQualifiedName } from '@t8s/meta';
import { invalidBy, ipAddress, optionalOneOf, userOrGroupId } from '../../field-checks.ts';
import type { Container, ContainerStatus, Pod, PodStatus } from '../../generated/types.ts';
import { repeats } from '../../repeats.ts';
import { isSidecar } from './resources.ts';
import { validatePodAnnotationsUpdate } from './validate-annotations.ts';

const systemConditions = ['PodScheduled', 'Ready', 'Initialized'];
const containerLists = ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses'] as const;

export function validatePodStatusUpdate(pod: Pod, old: Pod): FieldError[] {
  const status = pod.status ?? {};
  const before = old.status ?? {};
  const errors = validatePodAnnotationsUpdate(pod.metadata.annotations, old.metadata.annotations, 'metadata.annotations');
  for (const [i, { type }] of (status.conditions ?? []).entries())
    if (!systemConditions.includes(type)) errors.push(...invalidBy(`metadata.conditions[${i}].Type`, type, isQualifiedName(type)));
  if (pod.spec.nodeName !== old.spec.nodeName) errors.push(forbiddenField('status.nodeName', 'may not be changed directly'));
  const nominated = status.nominatedNodeName;
  if (nominated && nominated !== before.nominatedNodeName)
    errors.push(...invalidBy('status.nominatedNodeName', nominated, isDns1123Subdomain(nominated)));
  if ((status.qosClass ?? '') !== (before.qosClass ?? ''))
    errors.push(invalidValue('status.qosClass', status.qosClass ?? '', 'field is immutable'));
  return [
    ...errors,
    ...containerLists.flatMap((list) => validateTransitions(status[list] ?? [], before[list] ?? [], list, old)),
    ...validateClaimStatuses(status, pod),
    ...validateIps(status.podIPs ?? [], 'status.podIPs'),
    ...validateHostIps(status),
    ...containerLists.flatMap((list) =>
      (status[list] ?? []).flatMap((container, i) => validateUser(container, pod, `status.${list}[${i}].linux`)),
    ),
    ...validateAllocated(status.containerStatuses ?? [], pod.spec.containers, 'status.containerStatuses'),
    ...validateAllocated(status.initContainerStatuses ?? [], pod.spec.initContainers ?? [], 'status.initContainerStatuses'),
    ...(status.ephemeralContainerStatuses ?? []).flatMap((container, i) =>
      (container.allocatedResourcesStatus ?? []).length === 0
        ? []
        : [forbiddenField(`status.ephemeralContainerStatuses[${i}].allocatedResourcesStatus`, 'must not be specified in container status')],
    ),
  ];
}

/** A container that will not be restarted stays terminated. */
function validateTransitions(
  now: readonly ContainerStatus[],
  before: readonly ContainerStatus[],
  list: (typeof containerLists)[number],
  pod: Pod,
): FieldError[] {
  const policy = list === 'ephemeralContainerStatuses' ? 'Never' : pod.spec.restartPolicy;
  if (policy === 'Always') return [];
  const sidecars = new Set((pod.spec.initContainers ?? []).filter(isSidecar).map((container) => container.name));
  return before.flatMap((old, i) => {
    const terminated = old.state?.terminated;
    if (!terminated || (terminated.exitCode !== 0 && policy === 'OnFailure')) return [];
    if (list === 'initContainerStatuses' && sidecars.has(old.name)) return [];
    return now
      .filter((status) => status.name === old.name && !status.state?.terminated)
      .map(() => forbiddenField(`status.${list}[${i}].state`, 'may not be transitioned to non-terminated state'));
  });
}

function validateClaimStatuses({ resourceClaimStatuses = [] }: PodStatus, { spec }: Pod): FieldError[] {
  const names = new Set<string>();
  return resourceClaimStatuses.flatMap(({ name, resourceClaimName }, i) => {
    const at = `status.resourceClaimStatuses[${i}].name`;
    const errors: FieldError[] = [];
    if (!(spec.resourceClaims ?? []).some((claim) => claim.name === name))
      errors.push(invalidValue(at, name, 'must match the name of an entry in `spec.resourceClaims`'));
    if (names.has(name)) errors.push(duplicate(at, name));
    names.add(name);
    if (resourceClaimName !== undefined) errors.push(...invalidBy(at, resourceClaimName, isDns1123Subdomain(resourceClaimName)));
    return errors;
  });
}

function validateIps(ips: readonly { ip?: string }[], path: string): FieldError[] {
  const errors = ips.flatMap(({ ip }, i) => ipAddress(`${path}[${i}]`, ip));
  if (ips.length < 2) return errors;
  const families = new Set(ips.map(({ ip }) => isIP(ip ?? '')));
  if (families.size < ips.length || ips.length > 2)
    errors.push(invalidValue(path, ips, 'may specify no more than one IP for each IP family'));
  const repeated = repeats(ips, ({ ip }) => ip);
  for (const [i, item] of ips.entries()) if (repeated[i]) errors.push(duplicate(`${path}[${i}]`, item));
  return errors;
}

function validateHostIps({ hostIP = '', hostIPs = [] }: PodStatus): FieldError[] {
  const first = hostIPs[0];
  if (first === undefined) return [];
  return [
    ...(first.ip === hostIP ? [] : [invalidValue('status.hostIPs[0].ip', first.ip, 'must be equal to `hostIP`')]),
    ...validateIps(hostIPs, 'status.hostIPs'),
  ];
}

function validateUser({ user }: ContainerStatus, pod: Pod, path: string): FieldError[] {
  if (!user?.linux) return [];
  if (pod.spec.os?.name === 'windows') return [forbiddenField(path, 'cannot be set for a windows pod')];
  return [
    ...userOrGroupId(`${path}.uid`, user.linux.uid),
    ...userOrGroupId(`${path}.gid`, user.linux.gid),
    ...(user.linux.supplementalGroups ?? []).flatMap((group, i) => userOrGroupId(`${path}.supplementalGroups[${i}]`, group)),
  ];
}

/** Health of devices and claims (KEP-4680): of resources the container asked for, each device once. */
function validateAllocated(statuses: readonly ContainerStatus[], containers: readonly Container[], path: string): FieldError[] {
  return statuses.flatMap((status, i) => {
    const container = containers.find((c) => c.name === status.name);
    return (status.allocatedResourcesStatus ?? []).flatMap(({ name, resources = [] }, j) => {
      const at = `${path}[${i}].allocatedResourcesStatus[${j}]`;
      const errors: FieldError[] = [];
      if (container && !asksFor(container, name))
        errors.push(
          invalidValue(
            `${at}.name`,
            name,
            name.startsWith('claim:')
              ? "must match one of the container's resource claims in a format 'claim:<claimName>/<request>' or 'claim:<claimName>' if request is empty"
              : "must match one of the container's resource requests",
          ),
        );
      const repeated = repeats(resources, ({ resourceID }) => resourceID);
      for (const [k, { resourceID, health = '' }] of resources.entries()) {
        errors.push(...optionalOneOf(`${at}.resources[${k}].health`, health, ['Healthy', 'Unhealthy', 'Unknown']));
        if (repeated[k]) errors.push(duplicate(`${at}.resources[${k}].resourceID`, resourceID));
      }
      return errors;
    });
  });
}

function asksFor(container: Container, name: string): boolean {
  if (!name.startsWith('claim:')) return container.resources?.requests?.[name] !== undefined;
  return (container.resources?.claims ?? []).some((claim) => name === `claim:${claim.name}${claim.request ? `/${claim.request}` : ''}`);
}
