/** Containers, init containers, sidecars and ephemeral containers. */
import {
  duplicate,
  type FieldError,
  forbiddenField,
  invalidValue,
  isDns1123Label,
  isPortName,
  isPortNumber,
  notFoundValue,
  notSupported,
  required,
} from '@t8s/meta';
import { all, each, invalidBy, isUnset, oneOf, requiredText } from '../../field-checks.ts';
import type { Container, ContainerPort, ContainerResizePolicy, EphemeralContainer, PodSpec, Volume } from '../../generated/types.ts';
import { isSidecar } from './resources.ts';
import { validateEnv, validateEnvFrom } from './validate-env.ts';
import { validateVolumeDevices, validateVolumeMounts } from './validate-mounts.ts';
import { validateProbesAndHooks } from './validate-probes.ts';
import { validateContainerResources } from './validate-resources.ts';
import { validateContainerSecurityContext } from './validate-security-context.ts';

/** What of the pod a container's rules depend on. */
export interface ContainerContext {
  spec: PodSpec;
  /** The pod's valid volumes by name. */
  volumes: ReadonlyMap<string, Volume>;
  claimNames: ReadonlySet<string>;
}

export function validateContainers(context: ContainerContext, path: string): FieldError[] {
  const { containers } = context.spec;
  if (containers.length === 0) return [required(path)];
  const names = new Set<string>();
  return all(
    each(containers, (container, i) => {
      const at = `${path}[${i}]`;
      return all(
        validateCommon(container, context, at),
        uniqueName(container.name, names, `${at}.name`),
        validateProbesAndHooks(container, context.spec.terminationGracePeriodSeconds, at),
        container.restartPolicy !== undefined && [forbiddenField(`${at}.restartPolicy`, 'may not be set for non-init containers')],
      );
    }),
    conflictingHostPorts(containers, path),
  );
}

const onlyForSidecars = ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const;

export function validateInitContainers(context: ContainerContext, path: string): FieldError[] {
  if (context.spec.initContainers === undefined) return [];
  const names = new Set(context.spec.containers.map((container) => container.name));
  return context.spec.initContainers.flatMap((container, i) => [
    ...validateCommon(container, context, `${path}[${i}]`),
    ...(container.restartPolicy === undefined || isSidecar(container)
      ? []
      : [notSupported(`${path}[${i}].restartPolicy`, container.restartPolicy, ['Always'])]),
    ...uniqueName(container.name, names, `${path}[${i}].name`),
    ...conflictingHostPorts([container], path),
    ...(isSidecar(container)
      ? validateProbesAndHooks(container, context.spec.terminationGracePeriodSeconds, `${path}[${i}]`)
      : onlyForSidecars
          .filter((field) => container[field] !== undefined)
          .map((field) => forbiddenField(`${path}[${i}].${field}`, 'may not be set for init containers without restartPolicy=Always'))),
  ]);
}

const allowedInEphemeral = new Set([
  'name',
  'image',
  'command',
  'args',
  'workingDir',
  'envFrom',
  'env',
  'volumeMounts',
  'volumeDevices',
  'terminationMessagePath',
  'terminationMessagePolicy',
  'imagePullPolicy',
  'securityContext',
  'stdin',
  'stdinOnce',
  'tty',
  'targetContainerName',
]);
const notInEphemeral = 'cannot be set for an Ephemeral Container';

export function validateEphemeralContainers(context: ContainerContext, path: string): FieldError[] {
  const { containers, initContainers = [], ephemeralContainers } = context.spec;
  if (ephemeralContainers === undefined) return [];
  const others = new Set([...containers, ...initContainers].map((container) => container.name));
  const names = new Set(others);
  return ephemeralContainers.flatMap((container, i) => {
    const { targetContainerName: target = '', volumeMounts = [] } = container;
    return [
      ...validateCommon(container, context, `${path}[${i}]`),
      ...imageWithoutSpace(container, `${path}[${i}]`),
      ...uniqueName(container.name, names, `${path}[${i}].name`),
      ...(target === '' || others.has(target) ? [] : [notFoundValue(`${path}[${i}].targetContainerName`, target)]),
      ...Object.entries(container)
        .filter(([field, value]) => !allowedInEphemeral.has(field) && !isUnset(value))
        .map(([field]) => forbiddenField(`${path}[${i}].${field}`, notInEphemeral)),
      ...volumeMounts.flatMap((mount, j) =>
        (['subPath', 'subPathExpr'] as const)
          .filter((field) => !isUnset(mount[field]))
          .map((field) => forbiddenField(`${path}[${i}].volumeMounts[${j}].${field}`, notInEphemeral)),
      ),
    ];
  });
}

/** What a pod's image may not have, though a template's may. */
export function imageWithoutSpace({ image = '' }: { image?: string }, path: string): FieldError[] {
  return image.trim() === image ? [] : [invalidValue(`${path}.image`, image, 'must not have leading or trailing whitespace')];
}

const messagePolicies = ['File', 'FallbackToLogsOnError'];
const pullPolicies = ['Always', 'IfNotPresent', 'Never'];
const protocols = ['TCP', 'UDP', 'SCTP'];

function validateCommon(container: Container | EphemeralContainer, context: ContainerContext, path: string): FieldError[] {
  const { spec, volumes, claimNames } = context;
  const mounts = container.volumeMounts ?? [];
  const devices = container.volumeDevices ?? [];
  return all(
    container.name === '' ? [required(`${path}.name`)] : invalidBy(`${path}.name`, container.name, isDns1123Label(container.name)),
    requiredText(`${path}.image`, container.image),
    oneOf(`${path}.terminationMessagePolicy`, container.terminationMessagePolicy, messagePolicies),
    container.ports && validatePorts(container.ports, `${path}.ports`),
    validateEnv(container.env, `${path}.env`),
    validateEnvFrom(container.envFrom, `${path}.envFrom`),
    validateVolumeMounts({ mounts, devices, volumes, container }, `${path}.volumeMounts`),
    devices.length > 0 && validateVolumeDevices({ mounts, devices, volumes }, `${path}.volumeDevices`),
    oneOf(`${path}.imagePullPolicy`, container.imagePullPolicy, pullPolicies),
    validateContainerResources(container.resources, claimNames, `${path}.resources`),
    container.resizePolicy && validateResizePolicy(container.resizePolicy, spec.restartPolicy, `${path}.resizePolicy`),
    validateContainerSecurityContext(container.securityContext, spec.hostUsers !== false, `${path}.securityContext`),
  );
}

function uniqueName(name: string, names: Set<string>, path: string): FieldError[] {
  if (names.has(name)) return [duplicate(path, name)];
  names.add(name);
  return [];
}

function validatePorts(ports: readonly ContainerPort[], path: string): FieldError[] {
  const names = new Set<string>();
  return each(ports, ({ name = '', containerPort, hostPort, protocol }, i) => {
    const at = `${path}[${i}]`;
    const nameErrors = name === '' ? [] : invalidBy(`${at}.name`, name, isPortName(name));
    return all(
      name !== '' && nameErrors.length === 0 ? uniqueName(name, names, `${at}.name`) : nameErrors,
      containerPort === 0
        ? [required(`${at}.containerPort`)]
        : invalidBy(`${at}.containerPort`, containerPort, isPortNumber(containerPort)),
      hostPort !== undefined && hostPort !== 0 && invalidBy(`${at}.hostPort`, hostPort, isPortNumber(hostPort)),
      oneOf(`${at}.protocol`, protocol, protocols),
    );
  });
}

function conflictingHostPorts(containers: readonly Container[], path: string): FieldError[] {
  const taken = new Set<string>();
  return each(containers, ({ ports }, i) =>
    each(ports, ({ hostPort, hostIP = '', protocol = '' }, j) =>
      hostPort ? uniqueName(`${protocol}/${hostIP}/${hostPort}`, taken, `${path}[${i}].ports[${j}].hostPort`) : [],
    ),
  );
}

function validateResizePolicy(
  policies: readonly ContainerResizePolicy[],
  podRestartPolicy: string | undefined,
  path: string,
): FieldError[] {
  const names = new Set<string>();
  return policies.flatMap(({ resourceName, restartPolicy }, i) => [
    ...uniqueName(resourceName, names, `${path}[${i}]`),
    ...oneOf(path, resourceName, ['cpu', 'memory']),
    ...oneOf(path, restartPolicy, ['NotRequired', 'RestartContainer']),
    ...(podRestartPolicy === 'Never' && restartPolicy !== 'NotRequired'
      ? [invalidValue(path, restartPolicy, "must be 'NotRequired' when `restartPolicy` is 'Never'")]
      : []),
  ]);
}
