/** Who a container runs as and what it may do. */
import { duplicate, type FieldError, forbiddenField, invalidValue, required, tooLong } from '@t8s/meta';
import { all, each, oneOf, optionalOneOf, userOrGroupId } from '../../field-checks.ts';
import type { AppArmorProfile, PodSpec, SeccompProfile, SecurityContext, Sysctl } from '../../generated/types.ts';
import { descendingPath } from './validate-paths.ts';
import { validateWindowsOptions } from './validate-windows.ts';

export function validateContainerSecurityContext(context: SecurityContext | undefined, hostUsers: boolean, path: string): FieldError[] {
  if (context === undefined) return [];
  const { procMount, allowPrivilegeEscalation, privileged, capabilities } = context;
  const errors = [
    ...userOrGroupId(`${path}.runAsUser`, context.runAsUser),
    ...userOrGroupId(`${path}.runAsGroup`, context.runAsGroup),
    ...optionalOneOf(`${path}.procMount`, procMount, ['Default', 'Unmasked']),
  ];
  if (hostUsers && procMount === 'Unmasked')
    errors.push(invalidValue(`${path}.procMount`, procMount, '`hostUsers` must be false to use `Unmasked`'));
  errors.push(...validateSeccomp(context.seccompProfile, `${path}.seccompProfile`));
  if (allowPrivilegeEscalation === false) {
    if (privileged) errors.push(invalidValue(path, context, 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true'));
    if (capabilities?.add?.includes('CAP_SYS_ADMIN'))
      errors.push(invalidValue(path, context, 'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN'));
  }
  return [
    ...errors,
    ...validateWindowsOptions(context.windowsOptions, `${path}.windowsOptions`),
    ...validateAppArmor(context.appArmorProfile, `${path}.appArmorProfile`),
  ];
}

export function validatePodSecurityContext(spec: PodSpec, path: string): FieldError[] {
  const context = spec.securityContext;
  if (context === undefined) return [];
  return all(
    userOrGroupId(`${path}.fsGroup`, context.fsGroup),
    userOrGroupId(`${path}.runAsUser`, context.runAsUser),
    userOrGroupId(`${path}.runAsGroup`, context.runAsGroup),
    each(context.supplementalGroups, (group, i) => userOrGroupId(`${path}.supplementalGroups[${i}]`, group)),
    spec.shareProcessNamespace === true &&
      spec.hostPID === true && [
        invalidValue(`${path}.shareProcessNamespace`, true, 'ShareProcessNamespace and HostPID cannot both be enabled'),
      ],
    context.sysctls && validateSysctls(context.sysctls, spec, `${path}.sysctls`),
    optionalOneOf(`${path}.fsGroupChangePolicy`, context.fsGroupChangePolicy, ['Always', 'OnRootMismatch']),
    validateSeccomp(context.seccompProfile, `${path}.seccompProfile`),
    validateWindowsOptions(context.windowsOptions, `${path}.windowsOptions`),
    validateAppArmor(context.appArmorProfile, `${path}.appArmorProfile`),
    optionalOneOf(`${path}.supplementalGroupsPolicy`, context.supplementalGroupsPolicy, ['Merge', 'Strict']),
    optionalOneOf(`${path}.seLinuxChangePolicy`, context.seLinuxChangePolicy, ['MountOption', 'Recursive']),
  );
}

/** User namespaces don't go with the host's other namespaces (KEP-127). */
export function validateHostUsers(spec: PodSpec, path: string): FieldError[] {
  if (spec.hostUsers !== false) return [];
  const shared = [
    ['hostNetwork', spec.hostNetwork],
    ['HostPID', spec.hostPID],
    ['HostIPC', spec.hostIPC],
  ] as const;
  return shared.filter(([, on]) => on).map(([name]) => forbiddenField(`${path}.${name}`, 'when `pod.Spec.HostUsers` is false'));
}

function validateSeccomp(profile: SeccompProfile | undefined, path: string): FieldError[] {
  if (profile === undefined) return [];
  const { type, localhostProfile } = profile;
  const errors = oneOf(`${path}.type`, type, ['Localhost', 'RuntimeDefault', 'Unconfined'], 'type is required when seccompProfile is set');
  if (type !== 'Localhost') {
    if (localhostProfile !== undefined)
      errors.push(invalidValue(`${path}.localhostProfile`, profile, 'can only be set when seccomp type is Localhost'));
  } else if (localhostProfile === undefined) {
    errors.push(required(`${path}.localhostProfile`, 'must be set when seccomp type is Localhost'));
  } else {
    errors.push(...descendingPath(`${path}.localhostProfile`, localhostProfile));
  }
  return errors;
}

function validateAppArmor(profile: AppArmorProfile | undefined, path: string): FieldError[] {
  if (profile === undefined) return [];
  const { type, localhostProfile } = profile;
  const at = `${path}.localhostProfile`;
  if (type !== 'Localhost')
    return [
      ...oneOf(`${path}.type`, type, ['Localhost', 'RuntimeDefault', 'Unconfined'], 'type is required when appArmorProfile is set'),
      ...(localhostProfile !== undefined && (type === 'RuntimeDefault' || type === 'Unconfined')
        ? [invalidValue(at, localhostProfile, 'can only be set when AppArmor type is Localhost')]
        : []),
    ];
  if (localhostProfile === undefined || localhostProfile === '') return [required(at, 'must be set when AppArmor type is Localhost')];
  return [
    ...(localhostProfile.trim() === localhostProfile ? [] : [invalidValue(at, localhostProfile, 'must not be padded with whitespace')]),
    ...(localhostProfile.length > 4095 ? [tooLong(at, 4095)] : []),
  ];
}

const sysctlPattern = '([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const sysctlName = new RegExp(`^${sysctlPattern}$`);
const ipcSysctls = /^(kernel\.(shm|msg|sem)|fs\.mqueue\.)/;

function validateSysctls(sysctls: readonly Sysctl[], spec: PodSpec, path: string): FieldError[] {
  const names = new Set<string>();
  return sysctls.flatMap(({ name }, i) => {
    const at = `${path}[${i}].name`;
    const errors: FieldError[] = [];
    if (name === '') errors.push(required(at));
    else if (name.length > 253 || !sysctlName.test(name))
      errors.push(invalidValue(at, name, `must have at most 253 characters and match regex ^${sysctlPattern}$`));
    else if (names.has(name)) errors.push(duplicate(at, name));
    names.add(name);
    const dotted = /^[^./]*\//.test(name) ? name.replaceAll(/[./]/g, (c) => (c === '/' ? '.' : '/')) : name;
    if (spec.hostNetwork && dotted.startsWith('net.'))
      errors.push(invalidValue(at, name, "may not be specified when 'hostNetwork' is true"));
    else if (spec.hostIPC && ipcSysctls.test(dotted)) errors.push(invalidValue(at, name, "may not be specified when 'hostIPC' is true"));
    return errors;
  });
}
