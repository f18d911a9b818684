/** What a pod and a pod template must be: core's ValidatePodCreate, ValidatePodSpec and ValidatePodTemplateSpec (v1.34). */
import {
  duplicate,
  type FieldError,
  forbiddenField,
  invalidValue,
  isDns1123Label,
  isDns1123Subdomain,
  isQualifiedName,
  type ObjectMeta,
  required,
} from '@t8s/meta';
import { all, each, inRange, invalidBy, oneOf } from '../../field-checks.ts';
import type { Pod, PodResourceClaim, PodSchedulingGate, PodSpec, PodTemplateSpec } from '../../generated/types.ts';
import { validateAnnotations, validateLabels } from '../../object-meta/validate.ts';
import { repeats } from '../../repeats.ts';
import { validateAffinity } from './validate-affinity.ts';
import { validatePodAnnotations, validateProfilesMatch } from './validate-annotations.ts';
import { imageWithoutSpace, validateContainers, validateEphemeralContainers, validateInitContainers } from './validate-containers.ts';
import { validateDns, validateHostAliases } from './validate-dns.ts';
import { validateOverhead, validatePodResources } from './validate-resources.ts';
import { validateHostUsers, validatePodSecurityContext } from './validate-security-context.ts';
import { validateTolerations } from './validate-tolerations.ts';
import { validateTopologySpread } from './validate-topology-spread.ts';
import { validateVolumes } from './validate-volumes.ts';
import { validateHostProcess, validateOs } from './validate-windows.ts';

/** What else holds for a pod on its creation. */
export function validatePodCreate({ spec, metadata }: Pod): FieldError[] {
  const isGated = (spec.schedulingGates ?? []).length > 0;
  return all(
    (spec.ephemeralContainers ?? []).length > 0 && [forbiddenField('spec.ephemeralContainers', 'cannot be set on create')],
    isGated && Boolean(spec.nodeName) && [forbiddenField('spec.nodeName', 'cannot be set until all schedulingGates have been cleared')],
    validateProfilesMatch(metadata.annotations, spec, 'spec'),
  );
}

/** What holds for a pod at any time. */
export function validatePod({ metadata, spec }: Pod): FieldError[] {
  return all(
    validatePodAnnotations(metadata.annotations, spec, 'metadata.annotations'),
    validatePodSpec(spec, { pod: metadata, path: 'spec' }),
    !spec.serviceAccountName && tokensWithoutAccount(spec),
    each(spec.containers, (container, i) => imageWithoutSpace(container, `spec.containers[${i}]`)),
    each(spec.initContainers, (container, i) => imageWithoutSpace(container, `spec.initContainers[${i}]`)),
  );
}

/** A template in the spec of a workload kind. */
export function validatePodTemplate({ metadata = {}, spec }: PodTemplateSpec, path: string): FieldError[] {
  const podSpec = spec ?? { containers: [] };
  return [
    ...validateLabels(metadata.labels, `${path}.metadata.labels`),
    ...validateAnnotations(metadata.annotations, `${path}.metadata.annotations`),
    ...validatePodAnnotations(metadata.annotations, podSpec, `${path}.metadata.annotations`),
    ...validatePodSpec(podSpec, { path: `${path}.spec` }),
    ...validateProfilesMatch(metadata.annotations, podSpec, `${path}.spec`),
    ...((podSpec.ephemeralContainers ?? []).length > 0
      ? [forbiddenField(`${path}.spec.ephemeralContainers`, 'ephemeral containers not allowed in pod template')]
      : []),
  ];
}

const restartPolicies = ['Always', 'Never', 'OnFailure'];
const preemptionPolicies = ['Never', 'PreemptLowerPriority'];

/** `pod`: the metadata of a real pod; absent for a template. */
function validatePodSpec(spec: PodSpec, { pod, path }: { pod?: ObjectMeta; path: string }): FieldError[] {
  const { valid: volumes, errors } = validateVolumes(spec.volumes ?? [], pod?.name, `${path}.volumes`);
  const claimNames = new Set((spec.resourceClaims ?? []).map((claim) => claim.name));
  const context = { spec, volumes, claimNames };
  return all(
    spec.terminationGracePeriodSeconds === undefined && [required(`${path}.terminationGracePeriodSeconds`)],
    errors,
    validateResourceClaims(spec.resourceClaims, `${path}.resourceClaims`),
    validateContainers(context, `${path}.containers`),
    validateInitContainers(context, `${path}.initContainers`),
    validateEphemeralContainers(context, `${path}.ephemeralContainers`),
    validatePodResources(spec, `${path}.resources`),
    validateHostNetworkPorts(spec, pod !== undefined, `${path}.containers`),
    oneOf(`${path}.restartPolicy`, spec.restartPolicy, restartPolicies),
    validateLabels(spec.nodeSelector, `${path}.nodeSelector`),
    validatePodSecurityContext(spec, `${path}.securityContext`),
    spec.affinity && validateAffinity(spec.affinity, `${path}.affinity`),
    validateDns(spec, path),
    each(spec.readinessGates, ({ conditionType: type }, i) =>
      invalidBy(`${path}.readinessGates[${i}].conditionType`, type, isQualifiedName(type)),
    ),
    spec.schedulingGates && validateSchedulingGates(spec.schedulingGates, `${path}.schedulingGates`),
    spec.topologySpreadConstraints && validateTopologySpread(spec.topologySpreadConstraints, `${path}.topologySpreadConstraints`),
    validateHostProcess(spec, path),
    validateHostUsers(spec, path),
    optionalName(spec.serviceAccountName, isDns1123Subdomain, `${path}.serviceAccountName`),
    optionalName(spec.nodeName, isDns1123Subdomain, `${path}.nodeName`),
    inRange(`${path}.activeDeadlineSeconds`, spec.activeDeadlineSeconds, 1, 2 ** 31 - 1),
    optionalName(spec.hostname, isDns1123Label, `${path}.hostname`),
    optionalName(spec.subdomain, isDns1123Label, `${path}.subdomain`),
    validateTolerations(spec.tolerations, `${path}.tolerations`),
    spec.hostAliases && validateHostAliases(spec.hostAliases, `${path}.hostAliases`),
    optionalName(spec.priorityClassName, isDns1123Subdomain, `${path}.priorityClassName`),
    spec.runtimeClassName !== undefined &&
      invalidBy(`${path}.runtimeClassName`, spec.runtimeClassName, isDns1123Subdomain(spec.runtimeClassName)),
    spec.preemptionPolicy !== undefined && oneOf(`${path}.preemptionPolicy`, spec.preemptionPolicy, preemptionPolicies),
    validateOverhead(spec.overhead, `${path}.overhead`),
    validateOs(spec, path),
  );
}

function optionalName(name: string | undefined, check: (name: string) => string[], path: string): FieldError[] {
  return name ? invalidBy(path, name, check(name)) : [];
}

function validateResourceClaims(claims: readonly PodResourceClaim[] | undefined, path: string): FieldError[] {
  const names = new Set<string>();
  return each(claims, (claim, i) => {
    const { name, resourceClaimName: claimName, resourceClaimTemplateName: templateName } = claim;
    const at = `${path}[${i}]`;
    const errors: FieldError[] = [];
    if (name === '') errors.push(required(`${at}.name`));
    else if (names.has(name)) errors.push(duplicate(`${at}.name`, name));
    else errors.push(...invalidBy(`${at}.name`, name, isDns1123Label(name)));
    names.add(name);
    if (claimName !== undefined && templateName !== undefined)
      errors.push(invalidValue(at, claim, 'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified'));
    if (claimName === undefined && templateName === undefined)
      errors.push(invalidValue(at, claim, 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`'));
    if (claimName !== undefined) errors.push(...invalidBy(`${at}.resourceClaimName`, claimName, isDns1123Subdomain(claimName)));
    if (templateName !== undefined)
      errors.push(...invalidBy(`${at}.resourceClaimTemplateName`, templateName, isDns1123Subdomain(templateName)));
    return errors;
  });
}

function validateSchedulingGates(gates: readonly PodSchedulingGate[], path: string): FieldError[] {
  const repeated = repeats(gates, ({ name }) => name);
  return gates.flatMap(({ name }, i) => [
    ...invalidBy(`${path}[${i}]`, name, isQualifiedName(name)),
    ...(repeated[i] ? [duplicate(`${path}[${i}]`, name)] : []),
  ]);
}

/** On the host's network a container port is a host port; a template may leave that to the pod's defaults. */
function validateHostNetworkPorts(spec: PodSpec, isPod: boolean, path: string): FieldError[] {
  if (!spec.hostNetwork) return [];
  return spec.containers.flatMap(({ ports = [] }, i) =>
    ports.flatMap(({ hostPort = 0, containerPort }, j) =>
      (isPod || hostPort !== 0) && hostPort !== containerPort
        ? [invalidValue(`${path}[${i}].ports[${j}].hostPort`, hostPort, 'must match `containerPort` when `hostNetwork` is true')]
        : [],
    ),
  );
}

function tokensWithoutAccount(spec: PodSpec): FieldError[] {
  return each(spec.volumes, ({ projected }, i) =>
    each(projected?.sources, (source, j) =>
      source.serviceAccountToken
        ? [
            forbiddenField(
              `spec.volumes[${i}].projected.sources[${j}].serviceAccountToken`,
              'must not be specified when serviceAccountName is not set',
            ),
          ]
        : [],
    ),
  );
}
